public import Content
public import Postgres

/// What moderation says of versions stands in their rows; who may say what is decided elsewhere.
extension BuildStore {
    /// Locks a version's row; the caller holds its game's.
    public func lock(_ version: VersionID, in transaction: Transaction) async throws -> VersionRecord? {
        try await transaction.execute("SELECT FROM game_versions WHERE version_id = \(version) FOR UPDATE")
        return try await self.version(version, in: transaction)
    }

    /// Writes what moderation says now; false when the version is gone, or something else was said meanwhile.
    public func setReviewStatus(
        _ status: String, of version: VersionID, from current: String, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE game_versions SET review_status = \(status)
            WHERE version_id = \(version) AND review_status = \(current)
            """) == 1
    }

    /// Whether every file of a ready version has a verdict, and none of any engine says that it is infected.
    ///
    /// What an operator let pass when the version became ready has passed.
    public func isScanClean(_ version: VersionID, in executor: some SQLExecutor) async throws(PostgresError) -> Bool {
        let row = try await executor.row(
            """
            SELECT EXISTS (
                       SELECT FROM version_scans WHERE version_id = \(version) AND finished_at IS NOT NULL)
                   AND NOT EXISTS (
                       SELECT FROM file_chunks AS file
                       JOIN scan_verdicts AS verdict USING (digest)
                       WHERE file.version_id = \(version) AND verdict.verdict = 'infected') AS clean
            """)
        return try row?("clean") ?? false
    }
}
