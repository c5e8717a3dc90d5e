public import Content
public import Postgres

extension BuildStore {
    /// The manifest of a ready version.
    public func manifest(of version: VersionID) async throws(PostgresError) -> ManifestRecord? {
        try await self.database.rows(
            """
            SELECT digest, object_key, size, files, content_size, chunks, new_chunks, stored_size, new_size, published_at
            FROM manifests WHERE version_id = \(version)
            """
        ).first.map { row throws(PostgresError) in try ManifestRecord(row) }
    }

    /// Records the manifest and makes the version ready.
    ///
    /// - Returns: false when the version is no longer being processed; then the caller must not commit.
    public func publish(
        _ manifest: ManifestRecord, of version: VersionID, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO manifests
                (version_id, digest, object_key, size, files, content_size, chunks, new_chunks, stored_size, new_size)
            VALUES (\(version), \(manifest.digest), \(manifest.objectKey), \(manifest.size), \(Int32(manifest.files)),
                    \(manifest.contentSize), \(Int32(manifest.chunks)), \(Int32(manifest.newChunks)),
                    \(manifest.storedSize), \(manifest.newSize))
            """)
        return try await transaction.execute(
            """
            UPDATE game_versions
            SET status = 'ready', s3_path = \(manifest.objectKey), manifest_digest = \(manifest.digest),
                finished_at = clock_timestamp()
            WHERE version_id = \(version) AND status = 'processing'
            """) == 1
    }
}
