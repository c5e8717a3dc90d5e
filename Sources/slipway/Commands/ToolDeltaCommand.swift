import ArgumentParser
import Content
import Patching
import Staging
import Threads

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
    @OptionGroup var output: ToolOutput

    func validate() throws {
        guard PatchLevel(rawValue: self.level) != nil else {
            throw ValidationError("a level is one of \(PatchLevel.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard (1...64).contains(self.threads) else { throw ValidationError("threads are 1 to 64") }
        guard (16...65_536).contains(self.memory) else { throw ValidationError("memory is 16 to 65536 MiB") }
    }

    func run() async throws {
        ProcessHeap.keepSmall()
        try await ToolOutput.explaining {
            let (old, new) = (try FileSource(path: self.old), try FileSource(path: self.new))
            var file = try OutputFile(self.patch)
            let summary = try FilePatch.encode(
                old: old, new: new, level: PatchLevel(rawValue: self.level) ?? .standard,
                memory: .mebibytes(self.memory), threads: self.threads
            ) { try file.write($0) }
            _ = try file.commit()
            try self.output.show(
                Result(
                    patch: self.patch, patchBytes: summary.size, oldBytes: old.size, newBytes: new.size,
                    groups: summary.groups.count),
                "\(self.patch): \(summary.size) bytes in \(summary.groups.count) groups")
        }
    }

    private struct Result: Encodable {
        let patch: String
        let patchBytes: Int64
        let oldBytes: Int64
        let newBytes: Int64
        let groups: Int
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
    @Option(help: "Threads, each of which takes up to 112 MiB.") var threads = 1
    @OptionGroup var output: ToolOutput

    func validate() throws {
        guard (1...64).contains(self.threads) else { throw ValidationError("threads are 1 to 64") }
    }

    func run() async throws {
        ProcessHeap.keepSmall()
        try await ToolOutput.explaining {
            let (old, patch) = (try FileSource(path: self.old), try FileSource(path: self.patch))
            var file = try OutputFile(self.out)
            try FilePatch.apply(old: old, patch: patch, threads: self.threads) { try file.write($0) }
            let size = try file.commit()
            try self.output.show(Result(out: self.out, bytes: size), "\(self.out): \(size) bytes")
        }
    }

    private struct Result: Encodable {
        let out: String
        let bytes: Int64
    }
}
