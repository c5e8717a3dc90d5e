import Content
import Digests
import Foundation
import NIOHTTP1
import Packing
import Postgres
import TestKit
import Testing

/// Pushing folders: what is sent, what comes of it, and what is refused.
@Suite("Pushing only what is new", .serialized)
struct PushScenarioTests {
    @Test("the second of two builds sends its new chunks and 5 % at most, an unchanged one 0.2 %, and all install")
    func onlyNewChunks() async throws {
        try await withScenarioDirectory { root in
            let build = root.appending(path: "build")
            var sample = SampleBuild(seed: 5, megabytes: 12)
            try sample.write(to: build)
            let slipway = try await SlipwayProcess.up(
                root.appending(path: "up"), settings: ["SLIPWAY_PATCH_VERSIONS": "1"])
            let first = try await Self.push(slipway, build, "1.0", "--create-game")
            #expect(first.sent > 12 << 20)

            // Unchanged, but for a file's name.
            try FileManager.default.moveItem(at: build.appending(path: "empty"), to: build.appending(path: "none"))
            let same = try await Self.push(slipway, build, "1.1")
            #expect(same.sent < same.content / 500, "\(same)")
            #expect(same.new == 0)

            // An edit in every tenth of the largest file, a new file, and one gone.
            for part in 1..<10 {
                sample.files[1].bytes.insert(
                    contentsOf: Array("edit \(part)".utf8), at: sample.files[1].bytes.count * part / 10)
            }
            try Data(sample.files[1].bytes).write(to: build.appending(path: "data/levels.pak"))
            try Data(SampleBuild(seed: 6, megabytes: 1).files[1].bytes).write(to: build.appending(path: "data/new.pak"))
            try FileManager.default.removeItem(at: build.appending(path: "data/small/7.bin"))
            let preview = try await slipway.run("push", build.path, "--game", "Sample", "--version", "1.2", "--dry-run")
            #expect(preview.status == 0 && preview.output.contains("data/levels.pak"), "\(preview.output)")
            let second = try await Self.push(slipway, build, "1.2")
            #expect(second.new > 1 << 20)
            #expect(Double(second.sent) <= 1.05 * Double(second.new), "\(second)")

            for version in ["1.0", "1.2", "1.1", "1.2"] {
                let installed = root.appending(path: "installed").path
                let result = try await slipway.run("pull", installed, "--game", "Sample", "--version", version)
                #expect(result.status == 0, "\(result.output)")
                if version == "1.2" { #expect(try ReleaseTests.difference(build.path, installed) == "") }
            }
            try await CrashTests.expectNothingLeft(slipway.directory, database: slipway.database)
            slipway.stop()
        }
    }

    @Test("a version is pushed again: the same content is found to be there, other content is refused")
    func again() async throws {
        try await withScenarioDirectory { root in
            let build = root.appending(path: "build")
            try SampleBuild(seed: 7, megabytes: 1).write(to: build)
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            _ = try await Self.push(slipway, build, "1.0", "--create-game")
            #expect(try await Self.push(slipway, build, "1.0").sent == 0)
            try Data("other".utf8).write(to: build.appending(path: "bin/game"))
            let refused = try await slipway.run("push", build.path, "--game", "Sample", "--version", "1.0")
            #expect(refused.status == 4, "\(refused.output)")
            slipway.stop()
        }
    }

    @Test("a thin build that refers to chunks nobody sent, or holds other bytes than it says, is refused")
    func claims() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            let game = try await studio.createGame("Claims")
            let secret = Digest.sha256(of: Array("what another studio has stored".utf8))
            let claimed = ThinBuild(
                entries: [.init(path: try BuildPath(validating: "a"), content: .file(executable: false, chunks: [0]))],
                chunks: [.init(digest: secret, length: 30, body: nil)], cuts: 1)
            let wrong = ThinBuild(
                entries: claimed.entries,
                chunks: [.init(digest: secret, length: 5, body: .init(length: 5, codec: .stored))], cuts: 1)
            let outside = ThinBuild(
                entries: [.init(path: try BuildPath(validating: "a"), content: .symlink(target: "../../etc"))],
                chunks: [], cuts: 1)
            let later = ThinBuild(entries: outside.entries, chunks: [], cuts: 9)
            for (number, bytes, code) in [
                (1, try claimed.encodedHead(), "chunks-missing"),
                (2, try wrong.encodedHead() + Array("other".utf8), "archive-corrupt"),
                (3, try outside.encodedHead(), "archive-unsafe"),
                (4, try later.encodedHead(), "unsupported-format"),
                (5, Array("SLWT\u{1}\u{1}".utf8), "archive-corrupt"),
            ] as [(Int, [UInt8], String)] {
                let version = try await studio.upload(bytes, as: "\(number)", of: game)
                try await studio.commit(version, of: game)
                let failure = try await studio.outcome(of: version, of: game)["failure"] as? [String: Any]
                #expect(failure?["code"] as? String == code)
                #expect(failure?["stage"] as? String == "ingest")
            }
            try await CrashTests.expectNothingLeft(slipway.directory, database: slipway.database)
            slipway.stop()
        }
    }

    @Test("with other signatures a file that was only recorded is read back from its packs and scanned")
    func scannedAgain() async throws {
        try await withScenarioDirectory { root in
            let build = root.appending(path: "build")
            try SampleBuild(seed: 8, megabytes: 1).write(to: build)
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            _ = try await Self.push(slipway, build, "1.0", "--create-game")
            let database = Database(DatabaseConfiguration(url: slipway.database, maxConnections: 2))
            // As if the engine had seen none of it.
            try await database.execute("DELETE FROM scan_verdicts")
            let second = try await Self.push(slipway, build, "1.1")
            #expect(second.new == 0)
            let row = try await database.row("SELECT count(*) AS n FROM scan_verdicts WHERE verdict = 'clean'")
            let verdicts: Int64 = try row?("n") ?? 0
            #expect(verdicts > 200)
            await database.close()
            try await CrashTests.expectNothingLeft(slipway.directory, database: slipway.database)
            slipway.stop()
        }
    }

    /// What a push came to.
    struct Pushed {
        let sent: Int64
        /// Bytes that the version added to the store.
        let new: Int64
        let content: Int64
    }

    static func push(
        _ slipway: SlipwayProcess, _ build: URL, _ version: String, _ more: String..., program: String = "slipway"
    ) async throws -> Pushed {
        let result = try await SlipwayProcess.run(
            ["push", build.path, "--game", "Sample", "--version", version, "--json"] + more,
            development: slipway.directory.appending(path: "dev.json"), program: program)
        try #require(result.status == 0, "\(result.output)")
        return try Self.result(result.output)
    }

    static func result(_ output: String) throws -> Pushed {
        let line = output.split(separator: "\n").last { $0.contains("\"event\":\"result\"") } ?? ""
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        let result = object?["result"] as? [String: Any]
        let content = result?["content"] as? [String: Any]
        return Pushed(
            sent: (result?["sent_bytes"] as? NSNumber)?.int64Value ?? -1,
            new: (content?["new_bytes"] as? NSNumber)?.int64Value ?? -1,
            content: (content?["bytes"] as? NSNumber)?.int64Value ?? -1)
    }
}
