import ArgumentParser
import ClientCommands

/// The commands of studios and players in a program of their own, for machines that have nothing else of slipway.
@main
struct SlipwayClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway-client",
        abstract: "Sends game builds, installs them, and tells what an update costs.",
        discussion: """
            Example: SLIPWAY_URL=https://… SLIPWAY_API_KEY=gsd_live_… slipway-client push ./build --game "My Game" --version 1.0
            """,
        subcommands: [PushCommand.self, PullCommand.self, VerifyCommand.self, DiffCommand.self, VersionCommand.self])
}
