public import ArgumentParser

/// `slipway version`; not an option, since `--version` names the version of a game.
public struct VersionCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the program's version.", discussion: "Example: slipway version")

    public init() {}

    public func run() { print("slipway 0.1.0") }
}
