import ArgumentParser
import BuildStore
import Configuration
import Patching
import Postgres

/// `slipway patch-budget`
struct PatchBudgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patch-budget",
        abstract: "Shows or sets what patches may cost.",
        discussion: """
            Holds for the builds that are planned from then on. A patch that would take more processor time, by what the \
            latest have taken, is made in haste, or not at all; one that turns out to take more is stopped. Where there is no \
            room for all, those that are worth least go. Updates then come by chunks.

            Example: slipway patch-budget --versions 5 --rollbacks 1 --cpu-seconds 3600 --memory 512 --storage 100 --by "A. Petrova"
            """)

    @Option(
        help:
            "Earlier versions a patch is made from, 0 to 50: those in channels first, then the most installed, then the newest."
    )
    var versions: Int?
    @Option(help: "To how many of them one leads back.") var rollbacks = 1
    @Option(help: "Processor seconds of one patch.") var cpuSeconds: Int64 = 3600
    @Option(help: "Memory of one job that makes groups, in MiB, 64 to 65536.") var memory: Int64 = 256
    @Option(help: "Room for the patches to a version, in percent of its stored chunks, 0 to 1000.") var storage = 100
    @Option(help: "Who answers for it.") var by: String?

    func validate() throws {
        guard let versions = self.versions else { return }
        guard (0...50).contains(versions), (0...versions).contains(self.rollbacks), self.cpuSeconds > 0,
            (64...65_536).contains(self.memory), (0...1000).contains(self.storage)
        else { throw ValidationError("a value is out of its bounds: see slipway help patch-budget") }
        guard let by = self.by, (1...200).contains(by.count) else {
            throw ValidationError("--by takes 1 to 200 characters")
        }
    }

    func run() async throws {
        let settings = try Settings(reading: .slipway)
        let database = Database(DatabaseConfiguration(url: settings.databaseURL, maxConnections: 1))
        let builds = BuildStore(database: database)
        if let versions = self.versions, let by = self.by {
            try await builds.set(
                PatchBudget(
                    versions: versions, rollbacks: self.rollbacks, cpuSeconds: self.cpuSeconds,
                    memory: self.memory << 20, storagePercent: self.storage), by: by)
        }
        let budget = try await builds.patchBudget()
        let paces = try await builds.patchPaces(of: PatchLevel.allCases.map(\.rawValue))
        await database.close()
        defer { for pace in paces { print(Self.line(pace)) } }
        guard let budget else {
            print("no budget is set: the last \(settings.patchVersions) versions, whatever they cost")
            return
        }
        print(
            """
            versions \(budget.versions), rollbacks \(budget.rollbacks), \(budget.cpuSeconds) processor seconds a patch, \
            \(budget.memory >> 20) MiB an encoder, room for \(budget.storagePercent) % of a version's chunks
            """)
    }

    private static func line(_ pace: PatchPace) -> String {
        let megabytes = Double(pace.bytes) / 1_000_000
        let seconds = pace.spent / .seconds(1)
        return "level \(pace.level): \(Int(megabytes)) MB in \(Int(seconds)) processor seconds in the latest patches"
    }
}
