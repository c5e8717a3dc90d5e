public import ArgumentParser
import Client
import Content

/// Checks an installed folder, and repairs it.
public struct VerifyCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compares an installed version with its signed manifest, byte by byte.",
        discussion: """
            Lists what is damaged, missing, altered, and what is no part of the version. Needs no service but for \
            --repair, which fetches only what is wrong, from where the folder was installed.

            Examples:
              slipway verify ./installed
              slipway verify ./installed --repair --dev ./data/dev.json

            \(ClientExit.help)
            """)

    @Argument(help: "The folder that was installed by pull.") var directory: String
    @Flag(help: "Fetch what is wrong and put it right.") var repair = false
    @OptionGroup var client: ClientOptions

    public init() {}

    public func run() async throws {
        try await self.client.output.perform { progress, pool in
            let verify = Verify(self.directory, pool: pool, progress: progress)
            let report = self.repair ? try await self.repair(verify, progress) : try await verify.run()
            progress.finish()
            self.client.output.show(report, Self.text(report))
            guard report.isIntact || report.repair != nil else { throw ExitCode(ClientExit.damaged.rawValue) }
        }
    }

    private func repair(_ verify: Verify, _ progress: any ProgressSink) async throws -> VerifyReport {
        let origin = try await verify.origin()
        let settings = try await self.client.settings(fallback: origin.server, progress: progress)
        return try await ClientOptions.withClient(settings, progress) { client in
            try await verify.repair(from: ServiceSource(client, game: origin.game, version: origin.version))
        }
    }

    private static func text(_ report: VerifyReport) -> String {
        var lines = report.damaged.map {
            "damaged  \($0.path): \($0.chunks) of \($0.of) chunks, \(ByteCount($0.bytes))"
        }
        lines += report.missing.map { "missing  \($0)" }
        lines += report.altered.map { "altered  \($0)" }
        lines += report.extra.map { "extra    \($0)" }
        let verdict =
            if let repair = report.repair {
                "repaired with \(ByteCount(repair.downloadedBytes)) from the service"
            } else {
                report.isIntact ? "intact" : "not intact; --repair fetches what is wrong"
            }
        lines.append(
            """
            version \(report.version) is \(verdict): \(report.files) files, \(ByteCount(report.bytes)), \
            in \(readable(seconds: report.seconds))
            """)
        return lines.joined(separator: "\n")
    }
}
