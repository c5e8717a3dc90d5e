public import Content
import FoundationEssentials
public import Postgres

/// The accounts of bytes.
extension BuildStore {
    /// What one company has and sent.
    public func usage(of developer: DeveloperID) async throws(PostgresError) -> StorageUsage {
        let rows = try await self.database.rows(Self.usage(where: "developer_id = \(developer)", limit: 1))
        guard let row = rows.first else {
            return StorageUsage(
                developer: developer, packs: 0, manifests: 0, patches: 0, media: 0, reports: 0, quarantine: 0,
                openUploads: 0, openUploadBytes: 0, uploaded: 0, transferred: 0)
        }
        return try StorageUsage(row)
    }

    /// What all companies have, the largest first.
    ///
    /// - Parameter limit: 1 to 1,000.
    public func usage(limit: Int) async throws(PostgresError) -> [StorageUsage] {
        try await self.database.rows(Self.usage(where: "true", limit: limit)).map(StorageUsage.init)
    }

    /// What one company sent on each of its latest days with anything at all, the newest first.
    ///
    /// - Parameter limit: of days.
    public func storageDays(of developer: DeveloperID, limit: Int) async throws(PostgresError) -> [StorageDay] {
        try await self.database.rows(
            """
            SELECT day::text AS day,
                coalesce(sum(bytes) FILTER (WHERE kind = 'uploaded'), 0)::bigint AS uploaded,
                coalesce(sum(bytes) FILTER (WHERE kind = 'transferred'), 0)::bigint AS transferred
            FROM storage_ledger WHERE developer_id = \(developer)
            GROUP BY day ORDER BY day DESC LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in
            StorageDay(day: try row("day"), uploaded: try row("uploaded"), transferred: try row("transferred"))
        }
    }

    /// Adds up the entries of the days that are over.
    ///
    /// - Returns: rows that became fewer.
    @discardableResult
    public func foldStorageLedger() async throws(PostgresError) -> Int {
        try await self.database.execute(
            """
            WITH gone AS (
                DELETE FROM storage_ledger WHERE day < (now() AT TIME ZONE 'UTC')::date - 1
                    AND (developer_id, day, kind) IN (
                        SELECT developer_id, day, kind FROM storage_ledger
                        WHERE day < (now() AT TIME ZONE 'UTC')::date - 1
                        GROUP BY developer_id, day, kind HAVING count(*) > 1 LIMIT 1000)
                RETURNING developer_id, day, kind, bytes)
            INSERT INTO storage_ledger (developer_id, day, kind, bytes)
            SELECT developer_id, day, kind, sum(bytes)::bigint FROM gone GROUP BY developer_id, day, kind
            """)
    }

    private static func usage(where condition: SQL, limit: Int) -> SQL {
        """
        WITH company AS (SELECT developer_id FROM developers WHERE \(condition)),
        part AS (
            SELECT developer_id, 'packs' AS kind, size AS bytes FROM packs JOIN company USING (developer_id)
            WHERE stored_at IS NOT NULL
            UNION ALL
            SELECT game.developer_id, 'manifests', manifest.size
            FROM manifests AS manifest JOIN game_versions AS version USING (version_id)
            JOIN games AS game USING (game_id) JOIN company ON company.developer_id = game.developer_id
            UNION ALL
            SELECT game.developer_id, 'patches', patch.size
            FROM patches AS patch JOIN game_versions AS version ON version.version_id = patch.to_version
            JOIN games AS game USING (game_id) JOIN company ON company.developer_id = game.developer_id
            WHERE patch.state = 'ready' AND patch.size IS NOT NULL
            UNION ALL
            SELECT developer_id, 'media', size FROM game_media JOIN company USING (developer_id) WHERE state = 'ready'
            UNION ALL
            SELECT developer_id, 'reports', size FROM analytics_reports JOIN company USING (developer_id)
            WHERE status = 'ready'
            UNION ALL
            (SELECT DISTINCT ON (object_key) developer_id, 'quarantine', size
            FROM quarantine JOIN company USING (developer_id) WHERE object_key IS NOT NULL)
            UNION ALL
            SELECT developer_id, 'open', file_size FROM upload_sessions JOIN company USING (developer_id)
            WHERE state = 'open'
            UNION ALL
            SELECT developer_id, kind, bytes FROM storage_ledger JOIN company USING (developer_id)
        )
        SELECT developer_id,
            coalesce(sum(bytes) FILTER (WHERE kind = 'packs'), 0)::bigint AS packs,
            coalesce(sum(bytes) FILTER (WHERE kind = 'manifests'), 0)::bigint AS manifests,
            coalesce(sum(bytes) FILTER (WHERE kind = 'patches'), 0)::bigint AS patches,
            coalesce(sum(bytes) FILTER (WHERE kind = 'media'), 0)::bigint AS media,
            coalesce(sum(bytes) FILTER (WHERE kind = 'reports'), 0)::bigint AS reports,
            coalesce(sum(bytes) FILTER (WHERE kind = 'quarantine'), 0)::bigint AS quarantine,
            count(*) FILTER (WHERE kind = 'open') AS open_uploads,
            coalesce(sum(bytes) FILTER (WHERE kind = 'open'), 0)::bigint AS open_bytes,
            coalesce(sum(bytes) FILTER (WHERE kind = 'uploaded'), 0)::bigint AS uploaded,
            coalesce(sum(bytes) FILTER (WHERE kind = 'transferred'), 0)::bigint AS transferred
        FROM part GROUP BY developer_id
        ORDER BY sum(bytes) FILTER (WHERE kind NOT IN ('open', 'uploaded', 'transferred')) DESC NULLS LAST, developer_id
        LIMIT \(limit)
        """
    }
}

extension StorageUsage {
    init(_ row: Row) throws(PostgresError) {
        let developer: UUID = try row("developer_id")
        self.init(
            developer: DeveloperID(developer), packs: try row("packs"), manifests: try row("manifests"),
            patches: try row("patches"), media: try row("media"), reports: try row("reports"),
            quarantine: try row("quarantine"), openUploads: try row("open_uploads"),
            openUploadBytes: try row("open_bytes"), uploaded: try row("uploaded"), transferred: try row("transferred"))
    }
}
