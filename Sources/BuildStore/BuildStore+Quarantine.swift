public import Content
public import Postgres

/// An infected content and where it was found.
public struct QuarantineRecord: Sendable {
    public let digest: Digest
    public let path: String
    public let size: Int64
    public let signature: String
    public let engine: String
    /// Where the bytes are kept; nil when they were too many to keep.
    public let objectKey: String?
    /// Whether it was found in a version that was ready already.
    public let wasPublished: Bool

    public init(
        digest: Digest, path: String, size: Int64, signature: String, engine: String, objectKey: String?,
        wasPublished: Bool
    ) {
        self.digest = digest
        self.path = path
        self.size = size
        self.signature = signature
        self.engine = engine
        self.objectKey = objectKey
        self.wasPublished = wasPublished
    }
}

extension BuildStore {
    /// Records evidence; the first finding of a content in a version stands, so that a repeat changes nothing.
    public func quarantine(
        _ finding: QuarantineRecord, of version: VersionRecord, in executor: some SQLExecutor
    ) async throws(PostgresError) {
        try await executor.execute(
            """
            INSERT INTO quarantine
                (version_id, digest, developer_id, game_id, path, size, signature, engine, object_key, was_published)
            VALUES (\(version.id), \(finding.digest), \(version.developer), \(version.game), \(finding.path),
                    \(finding.size), \(finding.signature), \(finding.engine), \(finding.objectKey),
                    \(finding.wasPublished))
            ON CONFLICT (version_id, digest) DO NOTHING
            """)
    }

    /// What was found in a version, in order of paths.
    public func quarantined(of version: VersionID, limit: Int) async throws(PostgresError) -> [QuarantineRecord] {
        try await self.database.rows(
            """
            SELECT digest, path, size, signature, engine, object_key, was_published FROM quarantine
            WHERE version_id = \(version) ORDER BY path LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) in
            let digest: [UInt8] = try row("digest")
            return QuarantineRecord(
                digest: Digest(bytes: digest), path: try row("path"), size: try row("size"),
                signature: try row("signature"), engine: try row("engine"), objectKey: try row("object_key"),
                wasPublished: try row("was_published"))
        }
    }
}
