import Foundation
import Fuzzing
import NIOHTTP1
import Postgres
import Testing

/// Kills the whole program while patches are planned, made and put together; every time the same patches must come out.
/// `SplitPatchTests` does the same at every call to the store, within one process.
@Suite("Patches while the program is killed", .serialized)
struct PatchCrashTests {
    private static let kinds = ["plan-patch", "encode-patch", "assemble-patch"]
    private static let settings = ["SLIPWAY_PATCH_VERSIONS": "1"]

    @Test(
        "killed at every stage of a patch, it is published once, byte for byte, its cost counted once, and nothing is left"
    )
    func samePatch() async throws {
        try await withScenarioDirectory { root in
            let control = root.appending(path: "control")
            var slipway = try await SlipwayProcess.up(control, settings: Self.settings)
            var studio = try Studio(slipway)
            let game = try await studio.createGame("Patched under fire")
            let build = SampleBuild(seed: 31, megabytes: 2)
            let one = try await studio.upload(build.tar, as: "1.0", of: game)
            try await studio.commit(one, of: game)
            #expect(try await studio.outcome(of: one, of: game)["status"] as? String == "ready")
            let two = try await studio.upload(Self.edit(build).tar, as: "2.0", of: game)
            #expect(slipway.stop() == 0)
            let crashed = root.appending(path: "crashed")
            try CrashTests.copy(control, to: crashed)
            let pairs = [(from: one, to: two), (from: two, to: one)]

            slipway = try await SlipwayProcess.up(control, settings: Self.settings)
            studio = try Studio(slipway)
            try await studio.commit(two, of: game)
            #expect(try await studio.outcome(of: two, of: game)["status"] as? String == "ready")
            try await CrashTests.waitForJobs(slipway.database)
            var expected: [[UInt8]] = []
            for pair in pairs { expected.append(try await Self.patch(pair.from, pair.to, of: game, studio)) }
            slipway.stop()

            try await self.kill(crashed, version: two, game: game)
            slipway = try await SlipwayProcess.up(crashed, settings: Self.settings)
            try await CrashTests.waitForJobs(slipway.database)
            slipway.stop()
            // Garbage is collected when the program starts.
            slipway = try await SlipwayProcess.up(crashed, settings: Self.settings)
            studio = try Studio(slipway)
            try await CrashTests.waitForJobs(slipway.database)
            for (pair, expected) in zip(pairs, expected) {
                #expect(try await Self.patch(pair.from, pair.to, of: game, studio) == expected)
                try await Self.expectCounted(pair.from, pair.to, of: game, studio, slipway.database)
            }
            try await CrashTests.expectNothingLeft(crashed, database: slipway.database)
            let files = CrashTests.files(below: "\(crashed.path)/store")
            #expect(
                files.filter { $0.hasPrefix("objects/patches/") }.count == 2, "\(files.filter { $0.contains("patch") })"
            )
            #expect(files.filter { $0.contains("patch-parts/") }.isEmpty)
            slipway.stop()
        }
    }

    /// Edits that chunks do not follow, so that the patch is worth it and takes a while.
    private static func edit(_ build: SampleBuild) -> SampleBuild {
        var next = build.edited()
        for part in 1..<20 {
            let place = next.files[1].bytes.count * part / 20
            next.files[1].bytes.insert(contentsOf: Array("edit \(part)".utf8), at: place)
        }
        return next
    }

    /// Kills it twice in each stage, at moments of chance once one of the stage's jobs runs; the first time that a patch is
    /// put together, when all but the record of it is done.
    private func kill(_ directory: URL, version: String, game: String) async throws {
        var random = SeededGenerator(seed: 61)
        for (number, kind) in Self.kinds.flatMap({ [$0, $0] }).enumerated() {
            let slipway = try await SlipwayProcess.up(directory, settings: Self.settings)
            let database = Database(DatabaseConfiguration(url: slipway.database, maxConnections: 2))
            if number == 0 { try await Self.process(version, of: game, Studio(slipway), database) }
            if number == 4 {
                try await Self.killBeforeRecord(slipway, database)
            } else {
                try await CrashTests.wait { try await Self.hasBegun(kind, in: database) }
                let delay = Int.random(in: 0...(kind == "encode-patch" ? 1500 : 20), using: &random)
                try await Task.sleep(for: .milliseconds(delay))
                slipway.kill()
            }
            await database.close()
        }
        let slipway = try await SlipwayProcess.up(directory, settings: Self.settings)
        let database = Database(DatabaseConfiguration(url: slipway.database, maxConnections: 2))
        // Whom the last kill left is known when it is noticed.
        try await CrashTests.wait { try await Self.interrupted(in: database).contains("assemble-patch") }
        let kinds = try await Self.interrupted(in: database)
        #expect(
            kinds.count >= 3 && kinds.contains("encode-patch") && kinds.contains("assemble-patch"),
            "too few were truly interrupted: \(kinds)")
        await database.close()
        slipway.kill()
    }

    /// Has a version processed while nobody works on patches: it is ready all the same.
    private static func process(
        _ version: String, of game: String, _ studio: Studio, _ database: Database
    ) async throws {
        try await database.execute(
            "INSERT INTO job_queue (name, paused) VALUES ('patch', true) ON CONFLICT (name) DO UPDATE SET paused = true"
        )
        try await studio.commit(version, of: game)
        #expect(try await studio.outcome(of: version, of: game)["status"] as? String == "ready")
        try await database.execute("UPDATE job_queue SET paused = false WHERE name = 'patch'")
    }

    /// Whether one of its jobs runs, or has ended.
    private static func hasBegun(_ kind: String, in database: Database) async throws -> Bool {
        try await database.row(
            """
            SELECT FROM job LEFT JOIN job_lease ON job_lease.id = job.id
            LEFT JOIN job_outcome ON job_outcome.id = job.id AND job_outcome.final
            WHERE job.kind = \(kind) AND (job_lease.id IS NOT NULL OR job_outcome.id IS NOT NULL)
            """) != nil
    }

    /// Lets nobody write down a patch, waits until somebody would, and kills the program.
    private static func killBeforeRecord(_ slipway: SlipwayProcess, _ database: Database) async throws {
        struct Killed: Error {}
        do {
            try await database.transaction { transaction in
                try await transaction.execute("LOCK TABLE patches IN SHARE MODE")
                try await CrashTests.wait {
                    try await transaction.row(
                        "SELECT FROM pg_locks WHERE relation = 'patches'::regclass AND NOT granted") != nil
                }
                slipway.kill()
                throw Killed()
            }
        } catch is Killed {
        } catch is PostgresError {
            // Its database went with it.
        }
    }

    /// Kinds of the attempts that were cut off.
    private static func interrupted(in database: Database) async throws -> [String] {
        try await database.rows(
            """
            SELECT job.kind FROM job_outcome JOIN job USING (id)
            WHERE job_outcome.state = 'rescued' AND job.kind = ANY (\(self.kinds)::text[]) ORDER BY job.kind
            """
        ).map { row -> String in try row("kind") }
    }

    /// Each attempt has one row at most, each job one that ended well, and the patch costs their sum.
    private static func expectCounted(
        _ from: String, _ to: String, of game: String, _ studio: Studio, _ url: String
    ) async throws {
        let database = Database(DatabaseConfiguration(url: url, maxConnections: 2))
        let row = try await database.row(
            """
            SELECT count(*) AS runs, count(DISTINCT (job, attempt)) AS attempts,
                   count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended, count(DISTINCT job) AS jobs,
                   count(DISTINCT plan_job) AS plans, floor(sum(cpu_us) / 1000)::bigint AS ms
            FROM patch_runs WHERE from_version = \(from)::uuid AND to_version = \(to)::uuid
            """)
        await database.close()
        let (runs, attempts): (Int64?, Int64?) = (try row?("runs"), try row?("attempts"))
        let (ended, jobs): (Int64?, Int64?) = (try row?("ended"), try row?("jobs"))
        let (plans, spent): (Int64?, Int64?) = (try row?("plans"), try row?("ms"))
        #expect(runs == attempts && ended == jobs && jobs == 3 && plans == 1)
        let list = try await studio.json(
            .GET, "/games/\(game)/versions/\(to)/patches?from=\(from)", expecting: 200)
        let item = (list["items"] as? [[String: Any]])?.first
        #expect(item?["state"] as? String == "ready")
        let told = item?["cpu_ms"] as? Int
        #expect(told.map(Int64.init) == spent && told ?? 0 > 0, "told \(told ?? -1) of \(spent ?? -1)")
    }

    private static func patch(
        _ from: String, _ to: String, of game: String, _ studio: Studio
    ) async throws -> [UInt8] {
        let answer = try await HTTP.send(
            .GET, "\(studio.prefix)/games/\(game)/versions/\(to)/patches/\(from)", token: studio.token)
        guard answer.status == 200 else { throw Studio.Unexpected(what: "patch \(from) to \(to): \(answer.status)") }
        return answer.body
    }
}
