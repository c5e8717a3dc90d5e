import Content
import FoundationEssentials
import Postgres

/// A line of `schema_migrations`.
struct AppliedMigration {
    let number: Int
    let name: String
    let checksum: Digest
    let at: Date

    static func createTable(in database: some SQLExecutor) async throws(PostgresError) {
        try await database.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number     integer     PRIMARY KEY,
                name       text        NOT NULL,
                checksum   bytea       NOT NULL CHECK (octet_length(checksum) = 32),
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
    }

    /// In order; none when the table does not exist.
    static func all(in database: some SQLExecutor) async throws(PostgresError) -> [AppliedMigration] {
        let row = try await database.row("SELECT to_regclass('schema_migrations') IS NOT NULL AS exists")
        guard try row?("exists") == true else { return [] }
        let rows = try await database.rows(
            "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number")
        return try rows.map { row throws(PostgresError) in
            AppliedMigration(
                number: try row("number"), name: try row("name"), checksum: try row("checksum"),
                at: try row("applied_at"))
        }
    }

    static func record(_ migration: Migration, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO schema_migrations (number, name, checksum)
            VALUES (\(migration.number), \(migration.name), \(migration.checksum))
            """)
    }
}
