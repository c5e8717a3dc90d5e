import Foundation
import Fuzzing
import Glibc
import Testing

/// `slipway tool delta`, given what it cannot use: it says so, and what stands at its output stays.
@Suite("Patches between two files", .serialized)
struct ToolDeltaTests {
    @Test("a patch makes the new file; with another old file, cut short or damaged it makes none, and says why")
    func refusals() async throws {
        try await withScenarioDirectory { root in
            func path(_ name: String) -> String { root.appending(path: name).path }
            func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path(name))) }
            func run(_ command: String, _ names: String...) async throws -> (status: Int32, output: String) {
                try await SlipwayProcess.run(["tool", "delta", command] + names.map(path), development: nil)
            }
            var random = SeededGenerator(seed: 23)
            let old = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            var new = old
            for place in stride(from: 100, to: new.count, by: 9000) { new[place] &+= 1 }
            try write("old", old)
            try write("new", new)
            try write("other", new.reversed())
            #expect(try await run("encode", "old", "new", "patch").status == 0)
            #expect(try await run("apply", "old", "patch", "out").status == 0)
            #expect(FileManager.default.contents(atPath: path("out")) == Data(new))

            let patch = try #require(FileManager.default.contents(atPath: path("patch"))).map { $0 }
            try write("short", patch.dropLast(5))
            var damaged = patch
            damaged[100] ^= 1
            try write("damaged", damaged)
            try write("kept", [1, 2, 3])
            let cases = [
                ("other", "patch", "made from another file"), ("old", "short", "damaged"),
                ("old", "damaged", "damaged"),
                ("old", "new", "not a patch of ours"), ("old", "missing", "no file"), ("missing", "patch", "no file"),
            ]
            for (source, patch, word) in cases {
                let refused = try await run("apply", source, patch, "kept")
                #expect(refused.status != 0 && refused.output.contains(word), "\(source) \(patch): \(refused.output)")
                #expect(FileManager.default.contents(atPath: path("kept")) == Data([1, 2, 3]))
            }
            // What must not be replaced is not: a folder, a link, a device.
            try FileManager.default.createDirectory(atPath: path("folder"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "kept")
            let made = unsafe mkfifo(path("pipe"), 0o600)
            #expect(made == 0)
            for name in ["folder", "link", "pipe"] {
                let refused = try await run("apply", "old", "patch", name)
                #expect(refused.status != 0 && refused.output.contains("Nothing was written"), "\(refused.output)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: root.path)
            #expect(left.filter { $0.hasSuffix(".part") }.isEmpty)
            let kind = try FileManager.default.attributesOfItem(atPath: path("pipe"))[.type] as? FileAttributeType
            #expect(kind == .typeUnknown)
        }
    }
}
