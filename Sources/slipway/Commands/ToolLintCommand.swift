import ArgumentParser
import Content
import Delta
import Foundation
import Patching
import Staging

/// `slipway tool lint OLD NEW`
struct ToolLintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Says how to build packs that patch well, from two builds of yours.",
        discussion: """
            Example: slipway tool lint ./build-1.0 ./build-1.1

            Exits with 1 when there is advice, so that a CI job can stop there.
            """)

    @Argument(help: "The folder of the build before.") var old: String
    @Argument(help: "The folder of the build to look at.") var new: String
    @Flag(help: "Print one JSON object a piece of advice.") var json = false

    func run() async throws {
        let before = try FolderVersion.content(of: self.old)
        let plan = PatchPlan(from: before, to: try FolderVersion.content(of: self.new))
        let paths = Dictionary(uniqueKeysWithValues: before.files.map { ($0.index, $0.path.text) })
        let changes = try ContentLook.explain(
            plan.changes, new: { try FileSource(path: "\(self.new)/\($0.path.text)") },
            old: { try FileSource(path: "\(self.old)/\(paths[$0] ?? "")") })
        let advice = PackAdvice.all(for: changes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for piece in advice {
            if self.json {
                print(String(decoding: try encoder.encode(LintResult(piece)), as: UTF8.self))
            } else {
                print("\(piece.path.text): \(ByteCount(piece.bytes)) are new: \(piece.hint) (\(piece.reason.rawValue))")
            }
        }
        if !self.json, advice.isEmpty { print("nothing to say: what changed between the two patches well") }
        guard advice.isEmpty else { throw ExitCode(1) }
    }
}

private struct LintResult: Encodable {
    let path: String
    let bytes: Int64
    let reason: String
    let hint: String

    init(_ advice: PackAdvice) {
        self.path = advice.path.text
        self.bytes = advice.bytes
        self.reason = advice.reason.rawValue
        self.hint = advice.hint
    }
}
