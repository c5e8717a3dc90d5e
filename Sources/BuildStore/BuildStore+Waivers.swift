public import Content
public import FoundationEssentials
public import Postgres

/// An operator's word that files of one version may pass though they were not scanned whole.
public struct ScanWaiver: Sendable {
    /// Why the files were not scanned whole, as verdicts have it.
    public let reason: String
    /// Who answers for it.
    public let grantedBy: String
    public let note: String
    public let grantedAt: Date
}

extension BuildStore {
    /// Grants a waiver, or renews one.
    ///
    /// - Returns: false when there is no such version.
    public func waive(
        _ reason: String, of version: VersionID, by name: String, note: String
    ) async throws(PostgresError) -> Bool {
        try await self.database.execute(
            """
            INSERT INTO scan_waivers (version_id, reason, granted_by, note)
            SELECT version_id, \(reason), \(name), \(note) FROM game_versions WHERE version_id = \(version)
            ON CONFLICT (version_id, reason) DO UPDATE
            SET granted_by = EXCLUDED.granted_by, note = EXCLUDED.note, granted_at = now()
            """) == 1
    }

    /// The waivers of a version, by reason.
    public func waivers(of version: VersionID) async throws(PostgresError) -> [ScanWaiver] {
        try await self.database.rows(
            """
            SELECT reason, granted_by, note, granted_at FROM scan_waivers
            WHERE version_id = \(version) ORDER BY reason
            """
        ).map { row throws(PostgresError) in
            ScanWaiver(
                reason: try row("reason"), grantedBy: try row("granted_by"), note: try row("note"),
                grantedAt: try row("granted_at"))
        }
    }

    /// Files of a version that passed on another word than a clean verdict: path and reason, in order of paths.
    public func notScannedWhole(
        of version: VersionID, limit: Int
    ) async throws(PostgresError) -> [(path: String, reason: String)] {
        try await self.database.rows(
            """
            SELECT file.path, min(verdict.reason) AS reason
            FROM build_files AS file
            JOIN file_chunks AS chunks USING (version_id, file_no)
            JOIN scan_verdicts AS verdict ON verdict.digest = chunks.digest AND verdict.verdict = 'incomplete'
            JOIN version_scans AS scan ON scan.version_id = file.version_id
            WHERE file.version_id = \(version) AND verdict.engine IN (scan.engine, scan.rescanned_engine)
            GROUP BY file.path ORDER BY file.path LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) -> (path: String, reason: String) in
            (path: try row("path"), reason: try row("reason"))
        }
    }
}
