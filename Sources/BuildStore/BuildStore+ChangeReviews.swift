public import Content
public import FoundationEssentials
public import Postgres

/// What a version changed against the one before, as JSON for people.
public struct ReviewRecord: Sendable {
    /// Nil: there was no version before.
    public let base: VersionID?
    public let json: String
    public let reviewedAt: Date
}

extension BuildStore {
    /// Records a review in place of an earlier one.
    ///
    /// - Parameter json: an object.
    public func record(
        review json: String, of version: VersionID, against base: VersionID?, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO version_reviews (version_id, base_version, review)
            VALUES (\(version), \(base)::uuid, \(json)::jsonb)
            ON CONFLICT (version_id) DO UPDATE
            SET base_version = EXCLUDED.base_version, review = EXCLUDED.review, reviewed_at = now()
            """)
    }

    public func review(of version: VersionID) async throws(PostgresError) -> ReviewRecord? {
        try await self.database.rows(
            "SELECT base_version, review::text AS review, reviewed_at FROM version_reviews WHERE version_id = \(version)"
        ).first.map { row throws(PostgresError) in
            let base: UUID? = try row("base_version")
            return ReviewRecord(
                base: base.map { VersionID($0) }, json: try row("review"), reviewedAt: try row("reviewed_at"))
        }
    }

    /// Files of a version whose content the base does not have under any path, in order: what came in with it.
    ///
    /// - Parameters:
    ///   - base: nil: everything came in.
    ///   - number: files up to this one are left out; -1 for none.
    /// - Returns: with each, whether the base has a file of this path.
    public func arrivals(
        in version: VersionID, since base: VersionID?, after number: Int, limit: Int
    ) async throws -> [(file: FileRecord, isReplacement: Bool)] {
        try await self.database.rows(
            """
            SELECT file.file_no, file.path, file.entry, file.size, file.executable, file.target, chunks.digest,
                   old.file_no IS NOT NULL AS is_replacement
            FROM build_files AS file
            JOIN file_chunks AS chunks USING (version_id, file_no)
            LEFT JOIN build_files AS old ON old.version_id = \(base)::uuid AND old.path = file.path
            WHERE file.version_id = \(version) AND file.entry = 'file' AND file.file_no > \(Int32(number))
              AND NOT EXISTS (
                  SELECT FROM file_chunks AS earlier
                  WHERE earlier.version_id = \(base)::uuid AND earlier.digest = chunks.digest)
            ORDER BY file.file_no LIMIT \(Int64(limit))
            """
        ).map { row -> (file: FileRecord, isReplacement: Bool) in
            (file: try FileRecord(row), isReplacement: try row("is_replacement"))
        }
    }
}
