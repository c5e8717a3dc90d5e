import ArgumentParser
import JobQueue
import Logging
import Migrations
import Postgres

/// The queue under load, one measurement a command: what `bench/run queue` starts.
///
/// Each prints one JSON object on standard output.
@main
struct SlipwayBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway-bench",
        abstract: "Measures the job queue on a database of your choice; bench/run queue starts it.",
        subcommands: [Prepare.self, Enqueue.self, Load.self, Drain.self, Latency.self, Bare.self, Simulate.self])

    /// Brings a database's schema up to date.
    struct Prepare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Applies the migrations.")

        @OptionGroup var target: Target

        func run() async throws {
            try await self.target.withDatabase(connections: 1) { database in
                _ = try await Migrator(database).migrate()
            }
        }
    }
}

/// The database that is measured.
struct Target: ParsableArguments {
    @Option(help: "postgresql://…; everything in it may be changed.") var database: String

    /// Lends the database, without logs: what is printed is the result alone.
    func withDatabase<Value>(
        connections: Int, _ body: (Database) async throws -> Value
    ) async throws -> Value {
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        return try await self.withDatabaseBeside(connections: connections, body)
    }

    /// Lends another pool of connections to the same database.
    func withDatabaseBeside<Value>(
        connections: Int = 4, _ body: (Database) async throws -> Value
    ) async throws -> Value {
        let database = Database(
            DatabaseConfiguration(
                url: self.database, maxConnections: connections, statementTimeout: .seconds(300),
                applicationName: "slipway-bench"))
        do {
            let value = try await body(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }
}
