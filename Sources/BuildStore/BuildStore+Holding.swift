public import Content
public import Postgres

/// Locks on a version's row, so that what is done to it in a transaction is done to the version it was meant for.
extension BuildStore {
    /// Keeps an upload from being committed, given up or begun anew until the transaction ends.
    ///
    /// - Returns: false when that has happened already.
    public func holdUploading(
        _ version: VersionID, attempt: Int, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await !transaction.rows(
            """
            SELECT FROM game_versions
            WHERE version_id = \(version) AND attempt = \(Int32(attempt)) AND status = 'uploading' FOR SHARE
            """
        ).isEmpty
    }

    /// Keeps a failed version from being tried again until the transaction ends.
    ///
    /// - Returns: false when that has happened already, or another attempt has begun.
    public func holdFailed(
        _ version: VersionID, attempt: Int, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await !transaction.rows(
            """
            SELECT FROM game_versions
            WHERE version_id = \(version) AND attempt = \(Int32(attempt)) AND status = 'failed' FOR UPDATE
            """
        ).isEmpty
    }

    /// Changes how long the upload of a version will be; false when it is no longer uploading.
    public func setFileSize(
        _ size: Int64, of version: VersionID, attempt: Int, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE game_versions SET file_size = \(size)
            WHERE version_id = \(version) AND attempt = \(Int32(attempt)) AND status = 'uploading'
            """) == 1
    }

    /// Which of these contents all of some versions hold, at whatever path; all of them when there are no versions.
    public func contents(
        _ digests: [Digest], heldByAll versions: [VersionID]
    ) async throws(PostgresError) -> Set<Digest> {
        guard !versions.isEmpty else { return Set(digests) }
        let rows = try await self.database.rows(
            """
            SELECT digest FROM file_chunks
            WHERE version_id = ANY (\(versions.map(\.uuid))::uuid[]) AND digest = ANY (\(digests)::bytea[])
            GROUP BY digest HAVING count(DISTINCT version_id) = \(Int64(versions.count))
            """)
        var held: Set<Digest> = []
        for row in rows {
            let digest: [UInt8] = try row("digest")
            held.insert(Digest(bytes: digest))
        }
        return held
    }
}
