import Foundation
import Postgres
import TestKit
import Testing

/// Kills the whole program again and again in the middle of one ingest that saves checkpoints.
@Suite("Crash inside an ingest", .serialized)
struct IngestCrashTests {
    /// Twenty-odd checkpoints of a mebibyte.
    private static let settings = ["SLIPWAY_INGEST_CHECKPOINT_BYTES": "\(1 << 20)"]

    /// Many small files, so that it takes a while.
    private static var build: [UInt8] {
        TarArchive(
            files: (0..<12_000).map { number in
                ("f\(number % 50)/\(number)", [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 2000))
            }
        ).bytes
    }

    @Test("VR-9: killed between its checkpoints, an ingest goes on from the last, and ends with the same manifest")
    func sameManifest() async throws {
        try await withScenarioDirectory { root in
            let control = root.appending(path: "control")
            var slipway = try await SlipwayProcess.up(control, settings: Self.settings)
            var studio = try Studio(slipway)
            let game = try await studio.createGame("Crash")
            let version = try await studio.upload(Self.build, as: "1.0", of: game)
            #expect(slipway.stop() == 0)
            let crashed = root.appending(path: "crashed")
            try CrashTests.copy(control, to: crashed)

            slipway = try await SlipwayProcess.up(control, settings: Self.settings)
            studio = try Studio(slipway)
            try await studio.commit(version, of: game)
            #expect(try await studio.outcome(of: version, of: game)["status"] as? String == "ready")
            let expected = try await studio.manifest(of: version, of: game)
            slipway.stop()

            var entries = 0
            var kills = 0
            for round in 0..<3 {
                slipway = try await SlipwayProcess.up(crashed, settings: Self.settings)
                if round == 0 { try await Studio(slipway).commit(version, of: game) }
                guard let reached = try await Self.wait(past: entries, in: slipway.database) else {
                    slipway.kill()
                    break
                }
                slipway.kill()
                // It never goes back.
                #expect(reached > entries)
                entries = reached
                kills += 1
            }
            #expect(kills > 0, "the ingest was quicker than every kill")
            slipway = try await SlipwayProcess.up(crashed, settings: Self.settings)
            studio = try Studio(slipway)
            let outcome = try await studio.outcome(of: version, of: game)
            #expect(outcome["status"] as? String == "ready", "\(outcome["failure"] ?? "")")
            #expect(try await studio.manifest(of: version, of: game) == expected)
            try await CrashTests.expectNothingLeft(crashed, database: slipway.database)
            slipway.stop()
        }
    }

    /// Waits for a checkpoint of the ingest past so many entries.
    ///
    /// - Returns: entries of the checkpoint; nil when the ingest ended before.
    private static func wait(past entries: Int, in url: String) async throws -> Int? {
        let database = Database(DatabaseConfiguration(url: url, maxConnections: 2))
        var reached: Int?
        try await CrashTests.wait {
            let row = try await database.row(
                """
                SELECT (progress.checkpoint ->> 'entries')::integer AS entries, outcome.id IS NOT NULL AS ended
                FROM job JOIN job_queue ON job_queue.id = job.queue
                LEFT JOIN job_progress AS progress ON progress.id = job.id
                LEFT JOIN job_outcome AS outcome ON outcome.id = job.id AND outcome.state = 'completed'
                WHERE job_queue.name = 'ingest'
                """)
            let (saved, ended): (Int32?, Bool?) = (try row?("entries") ?? nil, try row?("ended"))
            if let saved, Int(saved) > entries { reached = Int(saved) }
            return reached != nil || ended == true
        }
        await database.close()
        return reached
    }
}
