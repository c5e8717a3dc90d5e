public import Content
public import FoundationEssentials
public import Postgres
public import Storefront

/// A release of the platform's SDK: one row of `sdk_releases`.
public struct SDKRelease: Equatable, Sendable {
    public let version: SDKVersion
    /// Where the store has it.
    public let objectKey: String
    public let fileName: String
    public let size: ByteCount
    public let digest: Digest
    public let notes: String?
    public let releasedAt: Date

    init(_ row: Row) throws(PostgresError) {
        let text: String = try row("version")
        guard let version = SDKVersion(text) else {
            throw .decoding(column: "version", expected: "SDKVersion", got: text)
        }
        self.version = version
        self.objectKey = try row("object_key")
        self.fileName = try row("file_name")
        self.size = try row("file_size")
        self.digest = try row("file_hash")
        self.notes = try row("notes")
        self.releasedAt = try row("released_at")
    }

    static let columns: SQL = "version, object_key, file_name, file_size, file_hash, notes, released_at"
}

/// The platform's SDK: owner of `sdk_releases`.
public struct SDKReleases: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Newest version first; at most 200.
    public func list() async throws(PostgresError) -> [SDKRelease] {
        try await self.database.rows(
            """
            SELECT \(SDKRelease.columns) FROM sdk_releases
            ORDER BY major DESC, minor DESC, patch DESC
            LIMIT 200
            """
        ).map { row throws(PostgresError) in try SDKRelease(row) }
    }

    /// - Parameter version: nil for the latest.
    /// - Returns: nil when there is none.
    public func release(_ version: SDKVersion?) async throws(PostgresError) -> SDKRelease? {
        let condition: SQL = version.map { "version = \($0.description)" } ?? "true"
        return try await self.database.row(
            """
            SELECT \(SDKRelease.columns) FROM sdk_releases
            WHERE \(condition)
            ORDER BY major DESC, minor DESC, patch DESC
            LIMIT 1
            """
        ).map { row throws(PostgresError) in try SDKRelease(row) }
    }

    /// Publishes a release whose object is in the store; a release is never changed.
    ///
    /// - Returns: false when the version was released before.
    public func publish(
        _ version: SDKVersion, objectKey: String, fileName: String, size: ByteCount, digest: Digest, notes: String?
    ) async throws(PostgresError) -> Bool {
        try await self.database.execute(
            """
            INSERT INTO sdk_releases (version, major, minor, patch, object_key, file_name, file_size, file_hash, notes)
            VALUES (\(version.description), \(Int32(version.major)), \(Int32(version.minor)), \(Int32(version.patch)),
                    \(objectKey), \(fileName), \(size), \(digest), \(notes))
            ON CONFLICT (version) DO NOTHING
            """) == 1
    }
}
