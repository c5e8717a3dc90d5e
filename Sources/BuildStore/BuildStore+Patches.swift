public import Content
public import Postgres

extension BuildStore {
    /// The patches that lead to a version, from the newest version on.
    public func patches(to version: VersionID) async throws(PostgresError) -> [PatchRecord] {
        try await self.database.rows(
            """
            SELECT patch.from_version, patch.to_version, patch.state, patch.object_key, patch.digest, patch.size,
                   patch.chunk_bytes, patch.created_at, patch.level, patch.cpu_us, patch.reason, version.version_string
            FROM patches AS patch JOIN game_versions AS version ON version.version_id = patch.from_version
            WHERE patch.to_version = \(version) AND patch.state <> 'planned'
            ORDER BY version.created_at DESC, version.version_id LIMIT 1000
            """
        ).map { row throws(PostgresError) in try PatchRecord(row) }
    }

    /// Records what an update would cost before any patch was made; never replaces what became of one.
    public func record(
        previewFrom old: VersionID, to new: VersionID, chunkBytes: Int64, summary: String, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO patches (to_version, from_version, state, chunk_bytes, summary)
            VALUES (\(new), \(old), 'planned', \(chunkBytes), \(summary)::jsonb)
            ON CONFLICT (to_version, from_version) DO UPDATE
            SET chunk_bytes = EXCLUDED.chunk_bytes, summary = EXCLUDED.summary, created_at = now()
            WHERE patches.state = 'planned'
            """)
    }

    /// Records what became of a patch; a repeat replaces it, and the object it had before is garbage.
    ///
    /// Its level, and what it has cost, are taken from what is known of its making, which ends after this.
    ///
    /// - Parameters:
    ///   - rank: what it is worth among the patches to the same version; smaller is more.
    ///   - reason: why it is not kept.
    public func record(
        patchFrom old: VersionID, to new: VersionID, state: PatchRecord.State,
        because reason: PatchRecord.Reason? = nil,
        objectKey: String?, digest: Digest?, size: Int64?, chunkBytes: Int64?, rank: Int, summary: String?,
        in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO garbage_objects (object_key)
            SELECT object_key FROM patches
            WHERE to_version = \(new) AND from_version = \(old) AND object_key <> coalesce(\(objectKey)::text, '')
            """)
        try await transaction.execute(
            """
            INSERT INTO patches (to_version, from_version, state, reason, object_key, digest, size, chunk_bytes, rank,
                                 summary, level, made_bytes, cpu_us)
            SELECT \(new), \(old), \(state.rawValue), \(reason?.rawValue), \(objectKey), \(digest), \(size),
                   \(chunkBytes), \(Int32(clamping: rank)), \(summary)::jsonb,
                   (SELECT level FROM patch_builds WHERE to_version = \(new) AND from_version = \(old)),
                   (SELECT sum(part.bytes) FROM patch_builds JOIN patch_parts AS part USING (build_id)
                    WHERE patch_builds.to_version = \(new) AND patch_builds.from_version = \(old)
                      AND part.size IS NOT NULL),
                   (SELECT sum(cpu_us) FROM patch_runs WHERE plan_job = (
                        SELECT plan_job FROM patch_runs WHERE to_version = \(new) AND from_version = \(old)
                        ORDER BY run_id DESC LIMIT 1))
            ON CONFLICT (to_version, from_version) DO UPDATE
            SET state = EXCLUDED.state, reason = EXCLUDED.reason, object_key = EXCLUDED.object_key,
                digest = EXCLUDED.digest, size = EXCLUDED.size, chunk_bytes = EXCLUDED.chunk_bytes, rank = EXCLUDED.rank,
                summary = EXCLUDED.summary, level = EXCLUDED.level, made_bytes = EXCLUDED.made_bytes,
                cpu_us = EXCLUDED.cpu_us, created_at = now()
            """)
    }
}
