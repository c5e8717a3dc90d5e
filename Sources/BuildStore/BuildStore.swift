public import Postgres

/// What the engine knows of builds: versions, files, chunks, packs, scans, manifests, patches.
///
/// Owns those tables; nobody else writes them. Functions that take an executor run in the caller's transaction.
public final class BuildStore: Sendable {
    public let database: Database

    public init(database: Database) {
        self.database = database
    }
}
