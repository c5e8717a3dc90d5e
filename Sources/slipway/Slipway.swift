import ArgumentParser
import ClientCommands

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
            PushCommand.self, PullCommand.self, VerifyCommand.self, DiffCommand.self, PoolsCommand.self,
            JobsCommand.self, TopCommand.self, DoctorCommand.self, WaiveCommand.self, PatchBudgetCommand.self,
            ToolCommand.self,
            VersionCommand.self,
        ])
}
