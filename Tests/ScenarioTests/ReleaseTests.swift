import Foundation
import NIOHTTP1
import Testing

/// Whole builds through the whole program, by its own commands.
@Suite("From push to pull", .serialized)
struct ReleaseTests {
    @Test("two builds are pushed, installed, updated and verified, and what is installed is what was pushed")
    func pushAndPull() async throws {
        try await withScenarioDirectory { root in
            let first = SampleBuild(seed: 3, megabytes: 6)
            let second = first.edited()
            let (one, two) = (root.appending(path: "one"), root.appending(path: "two"))
            try first.write(to: one)
            try second.write(to: two)
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let installed = root.appending(path: "installed").path

            var result = try await slipway.run(
                "push", one.path, "--game", "Sample", "--create-game", "--version", "1.0")
            try #require(result.status == 0, "\(result.output)")
            result = try await slipway.run("push", two.path, "--game", "Sample", "--version", "1.1")
            try #require(result.status == 0, "\(result.output)")
            result = try await slipway.run("pull", installed, "--game", "Sample", "--version", "1.0")
            try #require(result.status == 0, "\(result.output)")
            #expect(try Self.difference(one.path, installed) == "")
            result = try await slipway.run("pull", installed, "--game", "Sample", "--version", "1.1")
            try #require(result.status == 0, "\(result.output)")
            #expect(try Self.difference(two.path, installed) == "")
            result = try await slipway.run("verify", installed)
            #expect(result.status == 0, "\(result.output)")

            // Damage is found, mended, and nothing else is fetched.
            try Data("not what was pushed".utf8).write(to: URL(filePath: "\(installed)/bin/game"))
            #expect(try await slipway.run("verify", installed).status == 7)
            #expect(try await slipway.run("verify", installed, "--repair").status == 0)
            #expect(try Self.difference(two.path, installed) == "")

            // The same version again is refused, and says why.
            result = try await slipway.run("push", one.path, "--game", "Sample", "--version", "1.1")
            #expect(result.status != 0)
            #expect(slipway.stop() == 0)
        }
    }

    @Test("VR-4: the hash of an uploaded archive is its SHA-256, and wrong ones are refused")
    func fileHash() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let game = try await studio.createGame("Hash")
            let archive = SampleBuild(seed: 5, megabytes: 1).tar
            let file = root.appending(path: "build.tar")
            try Data(archive).write(to: file)
            let version = try await studio.upload(archive, as: "1", of: game)
            try await studio.commit(version, of: game)
            let outcome = try await studio.outcome(of: version, of: game)
            #expect(outcome["status"] as? String == "ready")
            #expect(outcome["file_hash"] as? String == (try Self.output("sha256sum", file.path).prefix(64)).description)

            let wrong = try await studio.json(
                .POST, "/games/\(game)/versions",
                [
                    "version_string": "2", "file_size": archive.count,
                    "file_hash": String(repeating: "0", count: 64),
                ], expecting: 201)
            let id = wrong["version_id"] as? String ?? ""
            let parts = try await studio.json(
                .POST, "/games/\(game)/versions/\(id)/upload/parts", ["part_numbers": [1]], expecting: 200)
            let url = (parts["parts"] as? [[String: Any]])?.first?["url"] as? String ?? ""
            #expect(try await HTTP.send(.PUT, url, bytes: archive).status == 200)
            try await studio.commit(id, of: game)
            let refused = try await studio.outcome(of: id, of: game)
            #expect((refused["failure"] as? [String: Any])?["code"] as? String == "digest-mismatch")
            slipway.stop()
        }
    }

    @Test(
        "VR-2, VR-3, SE-4, row 41: a build with malware inside an archive fails, leaves nothing behind, and the next build succeeds"
    )
    func malware() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let game = try await studio.createGame("Malware")
            // Put together here, so that no scanner finds it in the sources.
            let marker = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!", "$H+H*"].joined()
            var build = SampleBuild(seed: 7, megabytes: 1)
            var inner = SampleBuild(seed: 8, megabytes: 1)
            inner.files = [("readme.txt", Array("hello".utf8)), ("hidden.com", Array(marker.utf8))]
            build.files.append(("mods/pack.tar", inner.tar))
            let bad = try await studio.upload(build.tar, as: "1.0", of: game)
            try await studio.commit(bad, of: game)
            let outcome = try await studio.outcome(of: bad, of: game)
            let failure = outcome["failure"] as? [String: Any]
            #expect(outcome["status"] as? String == "failed")
            #expect(failure?["code"] as? String == "malware-found")
            #expect(failure?["stage"] as? String == "scan")
            #expect(failure?["path"] as? String == "mods/pack.tar")
            #expect(failure?["hint"] as? String != nil)
            try await CrashTests.expectNothingLeft(slipway.directory, database: slipway.database)
            #expect(CrashTests.files(below: "\(slipway.directory.path)/store").filter { $0.contains("packs/") }.isEmpty)

            let good = try await studio.upload(SampleBuild(seed: 7, megabytes: 1).tar, as: "1.0", of: game)
            #expect(good == bad, "a failed version string is opened again")
            try await studio.commit(good, of: game)
            let second = try await studio.outcome(of: good, of: game)
            #expect(second["status"] as? String == "ready")
            #expect(second["attempt"] as? Int == 2)
            slipway.stop()
        }
    }

    @Test(
        "VR-2, SE-4: a broken or hostile upload fails with a code of its own",
        arguments: [
            ("truncated", "archive-corrupt"), ("traversal", "archive-unsafe"), ("text", "unsupported-format"),
        ])
    func hostile(kind: String, code: String) async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let game = try await studio.createGame("Hostile")
            var build = SampleBuild(seed: 9, megabytes: 1)
            let bytes: [UInt8]
            switch kind {
            case "truncated": bytes = Array(build.tar.prefix(700_000))
            case "traversal":
                build.files.append(("../../etc/evil", [1]))
                bytes = build.tar
            default: bytes = Array("this is no archive".utf8)
            }
            let version = try await studio.upload(bytes, as: "1.0", of: game)
            try await studio.commit(version, of: game)
            let failure = try await studio.outcome(of: version, of: game)["failure"] as? [String: Any]
            #expect(failure?["code"] as? String == code)
            #expect(failure?["stage"] as? String == "ingest")
            try await CrashTests.expectNothingLeft(slipway.directory, database: slipway.database)
            slipway.stop()
        }
    }

    @Test("a port in use is said at once, with what to do")
    func portInUse() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let other = try await SlipwayProcess.run(
                ["up", "--data", root.appending(path: "other").path, "--port", "\(slipway.port)"], development: nil)
            #expect(other.status != 0)
            #expect(other.output.contains("in use"))
            #expect(slipway.stop() == 0)
        }
    }

    static func difference(_ one: String, _ two: String) throws -> String {
        try self.output("diff", "-r", "--exclude=.slipway", one, two)
    }

    private static func output(_ command: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
