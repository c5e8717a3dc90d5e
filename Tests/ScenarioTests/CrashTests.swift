import Foundation
import Postgres
import Testing

/// Kills the whole program between and inside the stages of a build; every time the same manifest must come out.
@Suite("Crash anywhere", .serialized)
struct CrashTests {
    private static let stages = ["ingest", "hash", "plan", "scan", "transfer", "publish"]

    @Test("VR-9: killed between and inside any two stages, a build ends with the same manifest, byte for byte")
    func sameManifest() async throws {
        try await withScenarioDirectory { root in
            let control = root.appending(path: "control")
            var slipway = try await SlipwayProcess.up(control)
            var studio = try Studio(slipway)
            let game = try await studio.createGame("Crash")
            let version = try await studio.upload(SampleBuild(seed: 1, megabytes: 40).tar, as: "1.0", of: game)
            #expect(slipway.stop() == 0)
            // The same database and store twice: what happens after the commit must not show in the manifest.
            let crashed = root.appending(path: "crashed")
            try Self.copy(control, to: crashed)

            slipway = try await SlipwayProcess.up(control)
            studio = try Studio(slipway)
            try await studio.commit(version, of: game)
            #expect(try await studio.outcome(of: version, of: game)["status"] as? String == "ready")
            let expected = try await studio.manifest(of: version, of: game)
            slipway.stop()

            let kills = try await self.kill(crashed, version: version, game: game)
            #expect(kills.interrupted >= 4, "too few attempts were truly interrupted: \(kills)")
            slipway = try await SlipwayProcess.up(crashed)
            studio = try Studio(slipway)
            let outcome = try await studio.outcome(of: version, of: game)
            #expect(outcome["status"] as? String == "ready", "\(outcome["failure"] ?? "")")
            #expect(try await studio.manifest(of: version, of: game) == expected)
            try await Self.expectNothingLeft(crashed, database: slipway.database)
            slipway.stop()
        }
    }

    /// What was done to a build.
    private struct Kills {
        var between = 0
        var inside = 0
        /// Attempts that ended as rescued.
        var interrupted = 0
    }

    private func kill(_ directory: URL, version: String, game: String) async throws -> Kills {
        var kills = Kills()
        for (index, stage) in Self.stages.enumerated() {
            // Between: the stage's queue is paused, so that what comes before it ends and it does not begin. All are from the
            // start, for some run side by side, and none may be over before its turn.
            var slipway = try await SlipwayProcess.up(directory)
            var database = Database(DatabaseConfiguration(url: slipway.database, maxConnections: 2))
            if index == 0 {
                try await database.execute(
                    """
                    INSERT INTO job_queue (name, paused) SELECT unnest(\(Self.stages)::text[]), true
                    ON CONFLICT (name) DO UPDATE SET paused = true
                    """)
                try await Studio(slipway).commit(version, of: game)
            }
            try await Self.wait {
                try await database.row(
                    """
                    SELECT FROM job JOIN job_ready USING (id) JOIN job_queue ON job_queue.id = job.queue
                    WHERE job_queue.name = \(stage)
                    """) != nil
            }
            slipway.kill()
            kills.between += 1
            await database.close()

            // Inside: killed as soon as one of the stage's jobs is leased.
            slipway = try await SlipwayProcess.up(directory)
            database = Database(DatabaseConfiguration(url: slipway.database, maxConnections: 2))
            try await database.execute("UPDATE job_queue SET paused = false WHERE name = \(stage)")
            try await Self.wait {
                try await database.row(
                    """
                    SELECT FROM job JOIN job_queue ON job_queue.id = job.queue
                    LEFT JOIN job_lease ON job_lease.id = job.id LEFT JOIN job_outcome ON job_outcome.id = job.id
                    WHERE job_queue.name = \(stage) AND (job_lease.id IS NOT NULL OR job_outcome.id IS NOT NULL)
                    """) != nil
            }
            slipway.kill()
            kills.inside += 1
            await database.close()
        }
        let slipway = try await SlipwayProcess.up(directory)
        let database = Database(DatabaseConfiguration(url: slipway.database, maxConnections: 2))
        try await Self.wait { try await database.row("SELECT FROM job_outcome WHERE state = 'rescued'") != nil }
        let rescued: Int64 =
            try await database.row(
                "SELECT count(*) AS n FROM job_outcome WHERE state = 'rescued'")?("n") ?? 0
        kills.interrupted = Int(rescued)
        await database.close()
        slipway.kill()
        return kills
    }

    static func wait(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<6000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Studio.Unexpected(what: "it did not come to pass in a minute")
    }

    static func copy(_ source: URL, to target: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/cp")
        process.arguments = ["-a", source.path, target.path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    static func expectNothingLeft(_ directory: URL, database url: String) async throws {
        try await Self.expectNothingStaged(directory, database: url)
        #expect(Self.files(below: "\(directory.path)/store").allSatisfy { !$0.contains("uploads/") })
    }

    /// Waits until no job runs, or waits to.
    static func waitForJobs(_ url: String) async throws {
        let database = Database(DatabaseConfiguration(url: url, maxConnections: 2))
        try await Self.wait {
            try await database.row(
                """
                SELECT FROM job_lease UNION ALL SELECT FROM job_ready UNION ALL SELECT FROM job_parked
                UNION ALL SELECT FROM job_later
                """) == nil
        }
        await database.close()
    }

    /// Waits for the last job to end; then staging must be empty.
    static func expectNothingStaged(_ directory: URL, database url: String) async throws {
        try await Self.waitForJobs(url)
        let staged = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/staging")
        #expect(staged.filter { $0 != ".trash" }.isEmpty)
    }

    static func files(below path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            var isDirectory: ObjCBool = false
            return unsafe FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }
    }
}
