import ArgumentParser
import Configuration
import Migrations
import Postgres

/// Brings the schema up to date.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the database's schema up to date.",
        discussion: """
            Safe to run from many machines at once; a second run changes nothing.

            Example: SLIPWAY_DATABASE_URL=postgresql://… slipway migrate
            """)

    func run() async throws {
        let url = try Settings.required("database.url", in: .slipway)
        let database = Database(DatabaseConfiguration(url: url, maxConnections: 2))
        let applied = try await Migrator(database).migrate()
        for migration in applied { print("applied \(migration.name)") }
        if applied.isEmpty { print("nothing to do: the schema is up to date") }
        await database.close()
    }
}
