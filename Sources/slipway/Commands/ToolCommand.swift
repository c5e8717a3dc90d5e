import ArgumentParser

/// The heavy core on local files, without a server.
struct ToolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tool",
        abstract: "Chunks, scans, patches and stores local files, without a server.",
        discussion: "Example: slipway tool delta encode old.pak new.pak update.patch",
        subcommands: [
            ToolChunkCommand.self, ToolScanCommand.self, ToolDeltaCommand.self, ToolLintCommand.self,
            ToolStoreCommand.self,
        ])
}
