public import ArgumentParser
public import Client
import Content
import Foundation

/// Sends a build and waits for it.
public struct PushCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Sends a build and waits until it is ready.",
        discussion: """
            PATH is an archive, sent as it is, or a folder. Of a folder only those chunks are sent that the company has \
            not stored before, packed and compressed; what its files were cut into is remembered in XDG_CACHE_HOME, so \
            that unchanged files are not read again. Executable bits, empty folders and links inside the folder are kept; \
            '.slipwayignore' files, in the syntax of gitignore, say what is left out. After an interruption the same \
            command goes on where it was.

            With --dry-run nothing is sent or made: it tells what would be sent, and what players of the newest ready \
            version would download.

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
    @Flag(help: "Tell what would be sent and what players would download; send nothing.") var dryRun = false
    @Option(help: "Links: keep those inside the folder, skip all, or refuse any.") var symlinks = SourceOptions.Links
        .keep
    @Option(help: ArgumentHelp("Leave out what matches; may be repeated.", valueName: "pattern"))
    var ignore: [String] = []
    @Option(help: ArgumentHelp("Mark as programs what matches; may be repeated.", valueName: "pattern"))
    var executable: [String] = []
    @Flag(inversion: .prefixedNo, help: "Remember what files were cut into.") var cache = true
    @OptionGroup var client: ClientOptions

    public init() {}

    public func run() async throws {
        try await self.client.output.perform { progress, pool in
            let settings = try await self.client.settings(progress: progress)
            try await ClientOptions.withClient(settings, progress) { client in
                if self.dryRun {
                    let preview = try await PushPreview(self.request, client: client, pool: pool, progress: progress)
                        .run()
                    progress.finish()
                    self.client.output.show(preview, Self.text(preview))
                } else {
                    let summary = try await Push(self.request, client: client, pool: pool, progress: progress).run()
                    progress.finish()
                    self.client.output.show(summary, Self.text(summary))
                }
            }
        }
    }

    private var request: Push.Request {
        Push.Request(
            path: self.path, game: self.game, version: self.version, changelog: self.changelog,
            createsGame: self.createGame, waits: self.wait,
            options: SourceOptions(links: self.symlinks, ignoring: self.ignore, executables: self.executable),
            cache: self.cache ? CacheLocation(environment: ProcessInfo.processInfo.environment) : nil)
    }

    private static func text(_ preview: PushPreview.Report) -> String {
        var text = """
            would send \(ByteCount(preview.uploadBytes)) for \(preview.files) files, \(ByteCount(preview.contentBytes)): \
            \(preview.newChunks) of \(preview.chunks) chunks are new
            """
        if let update = preview.update {
            text += """

                players of \(update.fromVersion) would download up to \(ByteCount(update.bytes)) by chunks, in \
                \(update.files.count) files; a patch is often less
                """
            for file in update.files.prefix(20) {
                text += "\n  \(ByteCount(file.bytes))  \(file.path)  (\(file.why))"
            }
            if update.files.count > 20 { text += "\n  … and \(update.files.count - 20) more" }
        }
        return text
    }

    private static func text(_ summary: Push.Summary) -> String {
        var text = """
            version \(summary.versionString) is \(summary.status)
              game     \(summary.game)
              version  \(summary.version)
              sha256   \(summary.fileHash)
              sent     \(ByteCount(summary.sentBytes)) for \(ByteCount(summary.sourceBytes)) in \(readable(seconds: summary.seconds))
            """
        if let content = summary.content, let files = content.files, let bytes = content.bytes {
            text += "\n  content  \(files) files, \(ByteCount(bytes))"
            if let new = content.newBytes { text += ", of which \(ByteCount(new)) are new in the store" }
        }
        return text
    }
}

extension SourceOptions.Links: ExpressibleByArgument {}
