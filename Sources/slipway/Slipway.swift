import ArgumentParser

/// The program, in all its roles.
@main
struct Slipway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway",
        abstract: "Turns game builds into verified, scanned, patchable releases.",
        discussion: """
            Try it on one machine:
              slipway up --data ./data            # everything in one process
              slipway push ./build --dev ./data/dev.json --game "My Game" --create-game --version 1.0
              slipway pull ./installed --dev ./data/dev.json --game "My Game" --version 1.0
            """,
        subcommands: [
            UpCommand.self, ServeCommand.self, WorkCommand.self, MigrateCommand.self,
            PushCommand.self, PullCommand.self, VerifyCommand.self, DoctorCommand.self, WaiveCommand.self,
            ToolCommand.self, VersionCommand.self,
        ])
}

/// `slipway version`; not an option, since `--version` names the version of a game.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the program's version.", discussion: "Example: slipway version")

    func run() { print("slipway 0.1.0") }
}
