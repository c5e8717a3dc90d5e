public import ArgumentParser
import Client
import Content
import Threads

/// Installs or updates a folder.
public struct PullCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Installs a version into a folder, or updates the folder to it.",
        discussion: """
            Fetches only what the folder lacks, by patch where that is less. Every byte is verified against the signed \
            manifest before it is put in place; after an interruption the same command goes on. Files that belong to no \
            version are left alone. The folder's own state is in DIR/.slipway.

            Example: slipway pull ./installed --game "My Game" --version 1.2.0 --dev ./data/dev.json

            \(ClientExit.help)
            """)

    @Argument(help: "The folder to install into.") var directory: String
    @Option(help: "Identifier or title of the game.") var game: String
    @Option(help: "Identifier or version string of the version.") var version: String
    @Flag(inversion: .prefixedNo, help: "Use a patch where it is less to fetch.") var patch = true
    @Option(help: "The manifest key to trust, base64; else that of dev.json, else the one the folder trusted first.")
    var key: String?
    @OptionGroup var client: ClientOptions

    public init() {}

    public func run() async throws {
        // Groups of a patch take large blocks in turn.
        ProcessHeap.keepSmall()
        try await self.client.output.perform { progress, pool in
            let settings = try await self.client.settings(key: self.key, progress: progress)
            let summary = try await ClientOptions.withClient(settings, progress) { client in
                try await Pull(
                    Pull.Request(
                        directory: self.directory, game: self.game, version: self.version, usesPatches: self.patch),
                    settings: settings, client: client, pool: pool, progress: progress
                ).run()
            }
            progress.finish()
            self.client.output.show(summary, Self.text(summary))
        }
    }

    static func text(_ summary: InstallSummary) -> String {
        """
        version \(summary.version) is installed: \(summary.files) files, \(ByteCount(summary.contentBytes)), \
        in \(readable(seconds: summary.seconds))
          downloaded  \(ByteCount(summary.downloadedBytes)): \(ByteCount(summary.patchBytes)) by patch, \
        \(ByteCount(summary.chunkBytes)) by chunks
          reused      \(ByteCount(summary.reusedBytes))
          files       \(summary.filesKept) kept, \(summary.filesCopied) copied, \(summary.filesPatched) patched, \
        \(summary.filesFromChunks) from chunks, \(summary.filesRemoved) removed
        """
    }
}
