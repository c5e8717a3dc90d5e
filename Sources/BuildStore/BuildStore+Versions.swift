public import Content
import FoundationEssentials
public import JobLifecycle
public import Postgres

extension BuildStore {
    /// A version of a company's game; nil when there is none, or it is another company's.
    public func version(
        _ id: VersionID, of game: GameID, developer: DeveloperID
    ) async throws -> VersionRecord? {
        let rows = try await self.database.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.version_id = \(id) AND version.game_id = \(game) AND game.developer_id = \(developer)
            """)
        return try rows.first.map(VersionRecord.init)
    }

    /// A version by its identifier alone, for other services.
    public func version(_ id: VersionID) async throws -> VersionRecord? {
        try await self.version(id, in: self.database)
    }

    /// A version by its identifier alone, for the engine.
    public func version(_ id: VersionID, in executor: some SQLExecutor) async throws -> VersionRecord? {
        let rows = try await executor.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.version_id = \(id)
            """)
        return try rows.first.map(VersionRecord.init)
    }

    /// One page of a game's versions, newest first.
    ///
    /// - Parameters:
    ///   - last: the last version of the page before.
    ///   - limit: 1 to 200.
    public func versions(
        of game: GameID, developer: DeveloperID, status: VersionStatus?, before last: VersionRecord?, limit: Int
    ) async throws -> [VersionRecord] {
        try await self.database.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.game_id = \(game) AND game.developer_id = \(developer)
              AND (\(status?.rawValue)::text IS NULL OR version.status = \(status?.rawValue)::text)
              AND (\(last?.createdAt)::timestamptz IS NULL
                   OR (version.created_at, version.version_id) < (\(last?.createdAt)::timestamptz, \(last?.id)::uuid))
            ORDER BY version.created_at DESC, version.version_id DESC
            LIMIT \(Int64(min(max(limit, 1), 200)))
            """
        ).map(VersionRecord.init)
    }

    /// The ready versions of a game before one, newest first.
    public func readyVersions(before version: VersionRecord, limit: Int) async throws -> [VersionRecord] {
        try await self.database.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.game_id = \(version.game) AND version.status = 'ready' AND version.version_id <> \(version.id)
              AND version.created_at <= \(version.createdAt)
            ORDER BY version.created_at DESC, version.version_id DESC
            LIMIT \(Int64(limit))
            """
        ).map(VersionRecord.init)
    }

    /// What became of asking for a version string.
    public enum Reservation: Sendable {
        case reserved(VersionRecord)
        /// The string is taken by this version, which has not failed.
        case taken(VersionRecord)
        /// The company has no such game.
        case noGame
    }

    /// Reserves a version string of a game; one whose last attempt failed is opened again, with nothing left of it.
    ///
    /// - Parameter key: where the attempt's upload will arrive.
    public func reserve(
        _ versionString: String, of game: GameID, developer: DeveloperID, fileSize: Int64, changelog: String?,
        key: (VersionID, _ attempt: Int) -> String, in transaction: Transaction
    ) async throws -> Reservation {
        // The lock makes two reservations of one game take turns.
        let games = try await transaction.rows(
            "SELECT game_id FROM games WHERE game_id = \(game) AND developer_id = \(developer) FOR UPDATE")
        guard !games.isEmpty else { return .noGame }
        let found = try await transaction.rows(
            """
            SELECT \(VersionRecord.columns)
            FROM game_versions AS version JOIN games AS game USING (game_id)
            WHERE version.game_id = \(game) AND version.version_string = \(versionString)
            """)
        let existing = try found.first.map(VersionRecord.init)
        if let existing, existing.status != .failed { return .taken(existing) }
        let id = existing?.id ?? VersionID(UUID())
        let attempt = (existing?.attempt ?? 0) + 1
        try await self.forget(id, in: transaction)
        try await transaction.execute(
            """
            INSERT INTO game_versions AS version
                (version_id, game_id, version_string, status, s3_path, file_size, changelog, attempt)
            VALUES (\(id), \(game), \(versionString), 'uploading', \(key(id, attempt)), \(fileSize), \(changelog),
                    \(Int32(attempt)))
            ON CONFLICT (version_id) DO UPDATE
            SET status = 'uploading', s3_path = EXCLUDED.s3_path, file_size = EXCLUDED.file_size, file_hash = NULL,
                changelog = coalesce(EXCLUDED.changelog, version.changelog), attempt = EXCLUDED.attempt, job_id = NULL,
                manifest_digest = NULL, failure = NULL, committed_at = NULL, finished_at = NULL, provenance = NULL,
                uploaded_at = now()
            """)
        guard let record = try await self.version(id, in: transaction) else { return .noGame }
        return .reserved(record)
    }

    /// Removes what an earlier attempt recorded.
    func forget(_ version: VersionID, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute("DELETE FROM build_files WHERE version_id = \(version)")
        try await transaction.execute("DELETE FROM file_chunks WHERE version_id = \(version)")
        try await transaction.execute("DELETE FROM pack_plans WHERE version_id = \(version)")
        try await transaction.execute("DELETE FROM scan_plans WHERE version_id = \(version)")
        try await transaction.execute("DELETE FROM version_scans WHERE version_id = \(version)")
        try await transaction.execute("DELETE FROM manifests WHERE version_id = \(version)")
    }

    /// Records that the upload is complete and which job takes it on; false when the version is not uploading.
    ///
    /// - Parameter provenance: a JSON object; nil when no CI job vouches for the upload.
    public func markUploaded(
        _ version: VersionID, fileHash: String?, provenance: String?, job: Int64, in executor: some SQLExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.execute(
            """
            UPDATE game_versions
            SET status = 'uploaded', file_hash = \(fileHash), provenance = \(provenance)::jsonb, job_id = \(job),
                committed_at = now(), uploaded_at = now()
            WHERE version_id = \(version) AND status = 'uploading'
            """) == 1
    }

    /// Records that a worker has begun; false when the version is past that.
    @discardableResult
    public func markProcessing(_ version: VersionID, in executor: some SQLExecutor) async throws(PostgresError) -> Bool
    {
        try await executor.execute(
            """
            UPDATE game_versions SET status = 'processing'
            WHERE version_id = \(version) AND status IN ('uploaded', 'processing')
            """) == 1
    }

    /// Records the hash that the ingest computed; the sender's claim gives way to it.
    public func setFileHash(_ hash: Digest, of version: VersionID, in executor: some SQLExecutor)
        async throws(PostgresError)
    {
        try await executor.execute(
            "UPDATE game_versions SET file_hash = \(hash.description) WHERE version_id = \(version)")
    }

    /// Fails a version that is on its way; false when it was `ready` or `failed` already.
    public func fail(
        _ version: VersionID, because failure: Failure, in executor: some SQLExecutor
    ) async throws -> Bool {
        let reason = String(decoding: try JSONEncoder().encode(failure), as: UTF8.self)
        return try await executor.execute(
            """
            UPDATE game_versions SET status = 'failed', failure = \(reason)::jsonb, finished_at = clock_timestamp()
            WHERE version_id = \(version) AND status IN ('uploading', 'uploaded', 'processing')
            """) == 1
    }

    /// Takes a failed version back to work, by a new job on the bytes it has; false when it has not failed.
    public func reprocess(
        _ version: VersionID, job: Int64, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await self.forget(version, in: transaction)
        return try await transaction.execute(
            """
            UPDATE game_versions SET status = 'uploaded', failure = NULL, finished_at = NULL, job_id = \(job)
            WHERE version_id = \(version) AND status = 'failed' AND committed_at IS NOT NULL
            """) == 1
    }

    /// Changes the changelog; nil clears it.
    ///
    /// - Returns: false when players have had the version: then it stays as it is.
    public func setChangelog(
        _ text: String?, of version: VersionID, in executor: some SQLExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.execute(
            """
            UPDATE game_versions SET changelog = \(text)
            WHERE version_id = \(version) AND review_status NOT IN ('live', 'superseded', 'recalled')
            """) == 1
    }

    /// Versions that are being processed though no job of theirs is waiting or running.
    public func orphans(limit: Int) async throws(PostgresError) -> [VersionID] {
        try await self.database.rows(
            """
            SELECT version.version_id
            FROM game_versions AS version
            WHERE version.status IN ('uploaded', 'processing') AND version.committed_at < now() - interval '1 minute'
              AND NOT EXISTS (
                  SELECT FROM job_status AS job
                  WHERE job.scope = version.version_id AND job.id >= version.job_id
                    AND job.state IN ('scheduled', 'available', 'running', 'retryable'))
            ORDER BY version.committed_at LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) in
            let id: UUID = try row("version_id")
            return VersionID(id)
        }
    }
}
