import ArgumentParser
import BuildStore
import ClamAV
import Configuration
import Content
import Postgres

/// `slipway waive VERSION`
struct WaiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waive",
        abstract: "Lets files of one version pass though they could not be scanned whole.",
        discussion: """
            For moderators who have looked at the files themselves. The waiver bears a name, stands in the version's report,
            and holds for this version and reason alone; infected files never pass. Retry the version afterwards.

            Example: slipway waive 0d9c…  --reason encrypted --by "A. Petrova" --note "checked unpacked, ticket 4711"
            """)

    @Argument(help: "The version's id.") var version: String
    @Option(help: "\(IncompleteReason.allCases.map(\.rawValue).joined(separator: ", ")).") var reason: String
    @Option(help: "Who answers for it.") var by: String
    @Option(help: "Why.") var note: String

    func validate() throws {
        guard VersionID(self.version) != nil else { throw ValidationError("\(self.version) is no version id") }
        guard IncompleteReason(rawValue: self.reason) != nil else {
            throw ValidationError(
                "--reason is one of \(IncompleteReason.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard (1...200).contains(self.by.count), (1...2000).contains(self.note.count) else {
            throw ValidationError("--by takes 1 to 200 characters, --note 1 to 2000")
        }
    }

    func run() async throws {
        guard let version = VersionID(self.version) else { return }
        let settings = try Settings(reading: .slipway)
        let database = Database(DatabaseConfiguration(url: settings.databaseURL, maxConnections: 1))
        let isGranted = try await BuildStore(database: database).waive(
            self.reason, of: version, by: self.by, note: self.note)
        await database.close()
        guard isGranted else { throw ValidationError("there is no version \(self.version)") }
        print("version \(version): \(self.reason) is waived by \(self.by)")
    }
}
