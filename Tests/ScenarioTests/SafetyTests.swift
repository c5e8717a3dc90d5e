import Foundation
import NIOHTTP1
import Testing

/// What is done against malware beyond the scan of a build.
@Suite("Safety of versions", .serialized)
struct SafetyTests {
    /// Info-ZIP's zip -P.
    private static let encryptedZip = [UInt8](
        Data(
            base64Encoded: """
                UEsDBAoACQAAAMtDd116em/tDwAAAAMAAAAFABwAcy50eHRVVAkAA575A2ue+QNrdXgLAAEEAAAAAAQAAAAANsDnSOJSORQcPEVPv9QNUEsHCHp6
                b+0PAAAAAwAAAFBLAQIeAwoACQAAAMtDd116em/tDwAAAAMAAAAFABgAAAAAAAEAAACkgQAAAABzLnR4dFVUBQADnvkDa3V4CwABBAAAAAAEAAAA
                AFBLBQYAAAAAAQABAEsAAABeAAAAAAA=
                """, options: .ignoreUnknownCharacters) ?? Data())

    private func report(_ studio: Studio, _ game: String, _ version: String) async throws -> [String: Any] {
        try await studio.json(.GET, "/games/\(game)/versions/\(version)/report", nil, expecting: 200)
    }

    @Test(
        "row 42: a file that cannot be scanned whole fails a version until somebody waives it by name; the report says so"
    )
    func waiver() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let game = try await studio.createGame("Waived")
            var build = SampleBuild(seed: 31, megabytes: 1)
            build.files.append(("mods/secret.zip", Self.encryptedZip))
            build.files.append(("tools/update.bat", Array("@echo off\r\nstart game\r\n".utf8)))
            let version = try await studio.upload(build.tar, as: "1.0", of: game)
            try await studio.commit(version, of: game)
            let failed = try await studio.outcome(of: version, of: game)
            let failure = failed["failure"] as? [String: Any]
            #expect(failure?["code"] as? String == "scan-incomplete")
            #expect(failure?["actual"] as? String == "encrypted")

            let settings = ["SLIPWAY_DATABASE_URL": slipway.database]
            let arguments = ["waive", version, "--by", "A. Petrova", "--note", "unpacked and looked at", "--reason"]
            var result = try await SlipwayProcess.run(arguments + ["infected"], development: nil, settings: settings)
            #expect(result.status != 0)
            result = try await SlipwayProcess.run(arguments + ["encrypted"], development: nil, settings: settings)
            try #require(result.status == 0, "\(result.output)")
            _ = try await studio.json(.POST, "/games/\(game)/versions/\(version)/retry", [:], expecting: 202)
            let outcome = try await studio.outcome(of: version, of: game)
            #expect(outcome["status"] as? String == "ready")

            let report = try await self.report(studio, game, version)
            #expect((report["waivers"] as? [[String: Any]])?.first?["granted_by"] as? String == "A. Petrova")
            #expect((report["not_scanned_whole"] as? [[String: Any]])?.first?["path"] as? String == "mods/secret.zip")
            let review = report["review"] as? [String: Any]
            #expect(review?["files_added"] as? Int == build.files.count)
            let findings = review?["findings"] as? [[String: Any]] ?? []
            #expect(Set(findings.compactMap { $0["path"] as? String }) == ["bin/game", "tools/update.bat"])

            // The next version is reviewed against this one: only what came in counts.
            var next = build
            next.files.append(("data/logo.png", [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 1, count: 100)))
            next.files.removeAll { $0.path == "mods/secret.zip" }
            let second = try await studio.upload(next.tar, as: "1.1", of: game)
            try await studio.commit(second, of: game)
            let ready = try await studio.outcome(of: second, of: game)
            #expect(ready["status"] as? String == "ready")
            #expect((ready["review"] as? [String: Any])?["files_added"] as? Int == 1)
            let changed = try await self.report(studio, game, second)["review"] as? [String: Any]
            #expect(changed?["base_version_id"] as? String == version)
            #expect((changed?["findings"] as? [[String: Any]])?.first?["disguised"] as? Bool == true)
            slipway.stop()
        }
    }

    @Test("B4: signatures that come later find what was published before, take it back, and the evidence is kept")
    func rescan() async throws {
        try await withScenarioDirectory { root in
            let signatures = root.appending(path: "signatures")
            try FileManager.default.createDirectory(at: signatures, withIntermediateDirectories: true)
            try Data("Test.Nothing:0:*:\(Self.hexadecimal("no file holds these words"))\n".utf8)
                .write(to: signatures.appending(path: "test.ndb"))
            let settings = ["SLIPWAY_SIGNATURES": signatures.path]
            var slipway = try await SlipwayProcess.up(root.appending(path: "up"), settings: settings)
            var studio = try Studio(slipway)
            let game = try await studio.createGame("Later")
            var build = SampleBuild(seed: 33, megabytes: 1)
            build.files.append(("bin/helper", Array("once upon a midnight dreary, weak and weary".utf8)))
            let version = try await studio.upload(build.tar, as: "1.0", of: game)
            try await studio.commit(version, of: game)
            #expect(try await studio.outcome(of: version, of: game)["status"] as? String == "ready")
            let submitted = try await studio.json(
                .POST, "/games/\(game)/versions/\(version)/submit", [:], expecting: 200)
            let review = (submitted["review"] as? [String: Any])?["review_id"] as? String ?? ""
            try await PlatformServices(slipway).decide(review)
            _ = try await studio.json(.POST, "/games/\(game)/publish", [:], expecting: 200)
            slipway.stop()

            try Data("Test.Raven:0:*:\(Self.hexadecimal("midnight dreary"))\n".utf8)
                .write(to: signatures.appending(path: "test.ndb"))
            slipway = try await SlipwayProcess.up(root.appending(path: "up"), settings: settings)
            studio = try Studio(slipway)
            var report: [String: Any] = [:]
            for _ in 0..<600 {
                report = try await self.report(studio, game, version)
                if !((report["scan"] as? [String: Any])?["rescanned_at"] is NSNull) { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            let infected = report["infected"] as? [[String: Any]] ?? []
            #expect(infected.map { $0["path"] as? String } == ["bin/helper"])
            #expect(infected.first?["was_published"] as? Bool == true)
            #expect(report["status"] as? String == "ready")
            // Nobody gets it any more, and with nothing else to give the game is off the shop.
            let recalled = try await studio.version(version, of: game)
            #expect(recalled["review_status"] as? String == "recalled")
            let left = try await studio.json(.GET, "/games/\(game)", expecting: 200)
            #expect(left["status"] as? String == "removed")
            #expect(CrashTests.files(below: "\(slipway.directory.path)/store").contains { $0.contains("quarantine/") })
            try await CrashTests.expectNothingStaged(slipway.directory, database: slipway.database)
            slipway.stop()
        }
    }

    private static func hexadecimal(_ text: String) -> String { text.utf8.map { String($0, radix: 16) }.joined() }
}
