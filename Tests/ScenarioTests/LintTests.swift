import Foundation
import Fuzzing
import Testing

/// `slipway tool lint` and `slipway diff`, as a CI job runs them: no service, two folders, an exit status.
@Suite("Advice for packs", .serialized)
struct LintTests {
    @Test(
        "B5: a pack whose parts come in another order is named with what to do, by lint and by diff; one that grew is not"
    )
    func reshuffled() async throws {
        try await withScenarioDirectory { root in
            var random = SeededGenerator(seed: 5)
            let parts = (0..<400).map { _ in (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) } }
            let folders = [
                "old": Array(parts.joined()), "shuffled": Array(parts.shuffled(using: &random).joined()),
                "grown": Array(parts.joined()) + parts[0].reversed(),
            ]
            for (name, bytes) in folders {
                let folder = root.appending(path: name)
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(bytes).write(to: folder.appending(path: "levels.pak"))
            }
            func run(_ command: [String], _ new: String) async throws -> (status: Int32, output: String) {
                try await SlipwayProcess.run(
                    command + [root.appending(path: "old").path, root.appending(path: new).path], development: nil)
            }
            let advice = try await run(["tool", "lint"], "shuffled")
            #expect(advice.status == 1 && advice.output.hasPrefix("levels.pak: "), "\(advice.output)")
            #expect(advice.output.contains("(reshuffled)"))
            let json = try await run(["tool", "lint", "--json"], "shuffled")
            #expect(json.status == 1 && json.output.contains("\"reason\":\"reshuffled\""), "\(json.output)")
            let none = try await run(["tool", "lint"], "grown")
            #expect(none.status == 0 && none.output.hasPrefix("nothing to say"), "\(none.output)")
            let diff = try await run(["diff", "--no-cache", "--no-patch"], "shuffled")
            #expect(diff.status == 0 && diff.output.contains("edited, reshuffled"), "\(diff.output)")
        }
    }
}
