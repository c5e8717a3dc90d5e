public import Content
import Digests
public import FoundationEssentials
public import Postgres
public import Storefront

/// API keys: owner of `developer_api_keys`.
///
/// What is kept of a key is a hash that only this program can compute.
public struct APIKeys: Sendable {
    private let database: Database
    private let pepper: [UInt8]

    /// - Parameter pepper: 32 secret bytes or more, the same in every process and never in the database. With another
    ///   pepper no key is known any more.
    public init(database: Database, pepper: [UInt8]) {
        precondition(pepper.count >= 32, "a pepper has at least 32 bytes")
        self.database = database
        self.pepper = pepper
    }

    /// Makes a key.
    ///
    /// - Parameter scopes: only such that keys may carry.
    /// - Returns: the record, and the key itself, which nobody can ask for again.
    /// - Throws: `PostgresError` or `DigestsError`.
    public func create(
        name: String?, scopes: [Permission], expiresAt: Date?, for developer: DeveloperID, by user: UserID?
    ) async throws -> (record: APIKeyRecord, key: APIKeyText) {
        precondition(scopes.allSatisfy(\.isGrantableToKeys), "a scope that no key may carry")
        // Eight digits of base 62 meet once in a hundred thousand billion; thrice means that something else is wrong.
        for _ in 0..<3 {
            let key = try APIKeyText.generate()
            let row = try await self.database.row(
                """
                INSERT INTO developer_api_keys
                    (developer_id, api_key_hash, key_prefix, permissions, name, expires_at, created_by)
                VALUES (\(developer), \(Hexadecimal.encode(key.hash(pepper: self.pepper))), \(key.lookup),
                        \(scopes.map(\.rawValue))::text[], \(name), \(expiresAt), \(user))
                ON CONFLICT (key_prefix) DO NOTHING
                RETURNING \(APIKeyRecord.columns)
                """)
            if let row { return (try APIKeyRecord(row), key) }
        }
        throw PostgresError.unexpected("three new keys in a row had a lookup that was taken")
    }

    /// The company's keys, revoked ones too, newest first; at most 1,000.
    public func list(of developer: DeveloperID) async throws(PostgresError) -> [APIKeyRecord] {
        try await self.database.rows(
            """
            SELECT \(APIKeyRecord.columns) FROM developer_api_keys
            WHERE developer_id = \(developer)
            ORDER BY created_at DESC, key_id
            LIMIT 1000
            """
        ).map { row throws(PostgresError) in try APIKeyRecord(row) }
    }

    /// Revokes a key, from the next request on.
    ///
    /// Once more changes nothing.
    ///
    /// - Returns: false when it does not exist, or is another company's.
    public func revoke(_ id: APIKeyID, of developer: DeveloperID) async throws(PostgresError) -> Bool {
        try await self.database.execute(
            """
            UPDATE developer_api_keys SET is_active = false
            WHERE key_id = \(id) AND developer_id = \(developer)
            """) == 1
    }

    /// Whose key this is.
    ///
    /// - Returns: nil when it is unknown, revoked or expired.
    func authenticate(_ key: APIKeyText) async throws(PostgresError) -> APIKeyRecord? {
        let row = try await self.database.row(
            """
            SELECT \(APIKeyRecord.columns), api_key_hash,
                   last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS is_stale
            FROM developer_api_keys
            WHERE key_prefix = \(key.lookup) AND is_active AND (expires_at IS NULL OR expires_at > now())
            """)
        let computed = key.hash(pepper: self.pepper)
        let kept: String? = try row.map { row throws(PostgresError) in try row("api_key_hash") }
        let expected = kept.flatMap(Hexadecimal.decode) ?? [UInt8](repeating: 0, count: HMACSHA256.length)
        guard constantTimeEquals(computed, expected), let row else { return nil }
        let record = try APIKeyRecord(row)
        if try row("is_stale", as: Bool.self) {
            try await self.database.execute(
                """
                UPDATE developer_api_keys SET last_used_at = now()
                WHERE key_id = \(record.id) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                """)
        }
        return record
    }
}
