import Foundation
import Testing

/// What studios are told of builds that are refused, and what becomes of the next one.
@Suite("Refused builds", .serialized)
struct HostileUploadTests {
    @Test("a failure names every bad entry, not the first, and the next build is as good as ever")
    func namesAll() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let game = try await studio.createGame("Hostile")
            var build = SampleBuild(seed: 41, megabytes: 1)
            for path in ["../up", "data/CON", "/etc/passwd", "trailing.", "bin/GAME"] {
                build.files.append((path, [1]))
            }
            let version = try await studio.upload(build.tar, as: "bad", of: game)
            try await studio.commit(version, of: game)
            let outcome = try await studio.outcome(of: version, of: game)
            let failure = try #require(outcome["failure"] as? [String: Any])
            #expect(failure["code"] as? String == "archive-unsafe")
            #expect(failure["stage"] as? String == "ingest")
            #expect(failure["path"] as? String == "../up")
            let problems = try #require(failure["problems"] as? [[String: Any]])
            #expect(
                problems.compactMap { $0["code"] as? String } == [
                    "path_traversal", "path_reserved_name", "path_absolute", "path_trailing_dot_or_space",
                    "case_collision",
                ])
            #expect(
                problems.compactMap { $0["path"] as? String }
                    == ["../up", "data/CON", "/etc/passwd", "trailing.", "bin/GAME"])

            let good = SampleBuild(seed: 41, megabytes: 1)
            let next = try await studio.upload(good.tar, as: "good", of: game)
            try await studio.commit(next, of: game)
            let ready = try await studio.outcome(of: next, of: game)
            #expect(ready["status"] as? String == "ready")
            let stages = try #require(ready["stages"] as? [[String: Any]])
            for name in ["ingest", "hash", "scan", "transfer"] {
                let stage = try #require(stages.first { $0["stage"] as? String == name })
                #expect(stage["state"] as? String == "done")
                #expect((stage["bytes_per_second"] as? Int64 ?? 0) > 0, "\(name)")
                #expect(stage["eta_at"] is NSNull, "\(name)")
                #expect((stage["bytes_done"] as? Int64 ?? 0) > 0, "\(name)")
            }
            try await CrashTests.expectNothingLeft(root.appending(path: "up"), database: slipway.database)
            slipway.stop()
        }
    }
}
