import Foundation
import NIOHTTP1
import Synchronization
import TestKit
import Testing

/// What a build and the next one come to when the machines around it fail.
@Suite("Trouble around a build", .serialized)
struct TroubleTests {
    @Test("a full disk fails the build with its own code, and the same bytes are ready once there is room")
    func diskFull() async throws {
        try await withScenarioDirectory { root in
            let directory = root.appending(path: "up")
            // No disk has that much: whatever there is counts as reserved.
            var slipway = try await SlipwayProcess.up(
                directory, settings: ["SLIPWAY_STAGING_RESERVE_BYTES": "\(Int64.max / 2)"])
            var studio = try Studio(slipway)
            let game = try await studio.createGame("Full")
            let version = try await studio.upload(SampleBuild(seed: 21, megabytes: 1).tar, as: "1.0", of: game)
            try await studio.commit(version, of: game)
            let failed = try await studio.outcome(of: version, of: game)
            Self.expect(failed, failedWith: "disk-full", in: "ingest")
            slipway.stop()

            slipway = try await SlipwayProcess.up(directory)
            studio = try Studio(slipway)
            _ = try await studio.json(.POST, "/games/\(game)/versions/\(version)/retry", [:], expecting: 202)
            #expect(try await studio.outcome(of: version, of: game)["status"] as? String == "ready")
            try await CrashTests.expectNothingLeft(directory, database: slipway.database)
            slipway.stop()
        }
    }

    @Test("a store that answers 500 fails the build with its own code, and the same bytes are ready once it is well")
    func storeFails() async throws {
        let isIll = Mutex(true)
        // Ill is the reading of uploads, so that a build is taken in and then cannot be worked on.
        let ill: @Sendable (S3FaultServer.Request) -> S3FaultServer.Fault = { request in
            let hits =
                request.method == "GET" && request.target.contains("/uploads/") && !request.target.contains("uploadId")
            guard hits, isIll.withLock({ $0 }) else { return .none }
            return .refuse(status: 500, code: "InternalError", headers: [:])
        }
        try await S3FaultServer.run(deciding: ill) { store in
            try await withScenarioDirectory { root in
                let slipway = try await SlipwayProcess.up(
                    root.appending(path: "up"),
                    settings: [
                        "SLIPWAY_STORE": "s3", "SLIPWAY_S3_ENDPOINT": store.endpoint, "SLIPWAY_S3_BUCKET": "builds",
                        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
                    ])
                let studio = try Studio(slipway)
                let game = try await studio.createGame("Ill")
                let version = try await studio.upload(SampleBuild(seed: 22, megabytes: 1).tar, as: "1.0", of: game)
                try await studio.commit(version, of: game)
                Self.expect(
                    try await studio.outcome(of: version, of: game), failedWith: "store-unavailable", in: "ingest")

                isIll.withLock { $0 = false }
                _ = try await studio.json(.POST, "/games/\(game)/versions/\(version)/retry", [:], expecting: 202)
                #expect(try await studio.outcome(of: version, of: game)["status"] as? String == "ready")
                try await CrashTests.expectNothingStaged(slipway.directory, database: slipway.database)
                #expect(store.openUploads == 0)
                slipway.stop()
            }
        }
    }

    private static func expect(_ version: [String: Any], failedWith code: String, in stage: String) {
        let failure = version["failure"] as? [String: Any]
        #expect(version["status"] as? String == "failed")
        #expect(failure?["code"] as? String == code)
        #expect(failure?["stage"] as? String == stage)
        #expect(failure?["retryable"] as? Bool == true)
        #expect(failure?["hint"] as? String != nil)
    }
}
