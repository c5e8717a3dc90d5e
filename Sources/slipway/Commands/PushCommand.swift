import ArgumentParser
import Client
import Content

/// Sends a build and waits for it.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Sends a build and waits until it is ready.",
        discussion: """
            PATH is an archive, sent as it is, or a folder, sent as an archive that is never written to disk. Executable \
            bits, empty folders and links inside the folder are kept. What the store has is not sent again: after an \
            interruption the same command goes on.

            Examples:
              slipway push ./build --game "My Game" --version 1.2.0 --dev ./data/dev.json
              SLIPWAY_URL=https://… SLIPWAY_TOKEN=gsd_live_… slipway push build.zip --game 0b5e… --version 1.2.0 --json

            \(ClientExit.help)
            """)

    @Argument(help: "An archive or a folder.") var path: String
    @Option(help: "Identifier or title of the game.") var game: String
    @Option(help: "The version string, new for this game.") var version: String
    @Flag(help: "Make the game when the company has none of this title.") var createGame = false
    @Option(help: "What is new in this version.") var changelog: String?
    @Flag(inversion: .prefixedNo, help: "Wait until the build is ready or failed.") var wait = true
    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await self.client.perform { progress, pool in
            let settings = try self.client.settings()
            let summary = try await ClientOptions.withClient(settings, progress) { client in
                try await Push(
                    Push.Request(
                        path: self.path, game: self.game, version: self.version, changelog: self.changelog,
                        createsGame: self.createGame, waits: self.wait),
                    client: client, pool: pool, progress: progress
                ).run()
            }
            progress.finish()
            self.client.show(summary, Self.text(summary))
        }
    }

    private static func text(_ summary: Push.Summary) -> String {
        var text = """
            version \(summary.versionString) is \(summary.status)
              game     \(summary.game)
              version  \(summary.version)
              sha256   \(summary.fileHash)
              sent     \(ByteCount(summary.sentBytes)) of \(ByteCount(summary.bytes)) in \(readable(seconds: summary.seconds))
            """
        if let content = summary.content, let files = content.files, let bytes = content.bytes {
            text += "\n  content  \(files) files, \(ByteCount(bytes))"
            if let new = content.newBytes { text += ", of which \(ByteCount(new)) are new in the store" }
        }
        return text
    }
}
