public import Postgres

/// Why the schema could not be brought up to date.
public enum MigrationError: Error, Equatable, Sendable {
    /// The file was edited after it had been applied. Restore it, and put the change into a new one.
    case drifted(file: String)

    /// The file was never applied, though later ones were. Give it a number after the last.
    case skipped(file: String)

    /// The database has a migration that this program does not know: the program is too old for it.
    case unknown(number: Int, name: String)

    /// The migration failed and was undone; those before it stay.
    case failed(file: String, reason: PostgresError)

    /// The database could not be reached, or does not answer.
    case database(PostgresError)

    /// Another process was migrating all the time.
    case locked(after: Duration)
}
