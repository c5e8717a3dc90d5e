import ArgumentParser
import Content
import Patching
import Staging

/// `slipway tool delta`
struct ToolDeltaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delta", abstract: "Makes and applies patches between two files.",
        discussion: "Example: slipway tool delta encode old.pak new.pak update.patch",
        subcommands: [ToolDeltaEncodeCommand.self, ToolDeltaApplyCommand.self])
}

/// `slipway tool delta encode OLD NEW PATCH`
struct ToolDeltaEncodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode", abstract: "Makes the patch that turns OLD into NEW.",
        discussion: "Example: slipway tool delta encode old.pak new.pak update.patch --level best")

    @Argument var old: String
    @Argument var new: String
    @Argument var patch: String
    @Option(help: "fast, standard or best.") var level = "standard"
    @Option(help: "Threads.") var threads = 2
    @Option(help: "Memory of each thread, in MiB.") var memory: Int64 = 512

    func run() async throws {
        guard let level = PatchLevel(rawValue: self.level) else {
            throw ValidationError("a level is one of \(PatchLevel.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var output = try OutputFile(self.patch)
        let summary = try FilePatch.encode(
            old: try FileSource(path: self.old), new: try FileSource(path: self.new), level: level,
            memory: .mebibytes(self.memory), threads: self.threads
        ) { try output.write($0) }
        _ = try output.commit()
        print("\(self.patch): \(summary.size) bytes in \(summary.groups.count) groups")
    }
}

/// `slipway tool delta apply OLD PATCH OUT`
struct ToolDeltaApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Turns OLD into the file a patch leads to.",
        discussion: "Example: slipway tool delta apply old.pak update.patch new.pak")

    @Argument var old: String
    @Argument var patch: String
    @Argument var out: String

    func run() async throws {
        var output = try OutputFile(self.out)
        try FilePatch.apply(old: try FileSource(path: self.old), patch: try FileSource(path: self.patch)) {
            try output.write($0)
        }
        print("\(self.out): \(try output.commit()) bytes")
    }
}
