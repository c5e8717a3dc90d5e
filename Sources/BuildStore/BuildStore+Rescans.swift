public import Content
import FoundationEssentials
public import Postgres

extension BuildStore {
    /// Ready versions whose files this engine has not looked at, the newest first: players have those.
    public func versionsToRescan(
        engine: String, limit: Int, in executor: some SQLExecutor
    ) async throws(PostgresError) -> [(version: VersionID, developer: DeveloperID)] {
        try await executor.rows(
            """
            SELECT version.version_id, game.developer_id
            FROM game_versions AS version
            JOIN games AS game USING (game_id)
            JOIN version_scans AS scan USING (version_id)
            WHERE version.status = 'ready' AND scan.engine <> \(engine)
              AND scan.rescanned_engine IS DISTINCT FROM \(engine)
            ORDER BY version.finished_at DESC, version.version_id LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) -> (version: VersionID, developer: DeveloperID) in
            let version: UUID = try row("version_id")
            let developer: UUID = try row("developer_id")
            return (version: VersionID(version), developer: DeveloperID(developer))
        }
    }

    /// Files of a version, one for each content that this engine has said nothing about, in order.
    ///
    /// - Parameter number: files up to this one are left out; -1 for none.
    public func unscanned(
        of version: VersionID, engine: String, after number: Int, limit: Int
    ) async throws -> [FileRecord] {
        try await self.database.rows(
            """
            SELECT file.file_no, file.path, file.entry, file.size, file.executable, file.target, chunks.digest
            FROM build_files AS file JOIN file_chunks AS chunks USING (version_id, file_no)
            WHERE file.version_id = \(version) AND file.entry = 'file' AND file.file_no > \(Int32(number))
              AND NOT EXISTS (
                  SELECT FROM scan_verdicts AS verdict
                  WHERE verdict.digest = chunks.digest AND verdict.engine = \(engine))
            ORDER BY file.file_no LIMIT \(Int64(limit))
            """
        ).map(FileRecord.init)
    }

    /// Records that an engine has looked at every content of a ready version.
    public func finishRescan(
        of version: VersionID, engine: String, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE version_scans SET rescanned_engine = \(engine), rescanned_at = clock_timestamp()
            WHERE version_id = \(version)
            """)
    }
}
