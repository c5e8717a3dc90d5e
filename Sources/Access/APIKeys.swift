public import Content
import Digests
import Platform
public import Postgres
import Storefront

/// API keys: owner of `developer_api_keys`.
///
/// What is kept of a key is a hash that only this program can compute.
public struct APIKeys: Sendable {
    let database: Database
    let pepper: [UInt8]

    /// - Parameter pepper: 32 secret bytes or more, the same in every process and never in the database. With another
    ///   pepper no key is known any more.
    public init(database: Database, pepper: [UInt8]) {
        precondition(pepper.count >= 32, "a pepper has at least 32 bytes")
        self.database = database
        self.pepper = pepper
    }

    /// Makes a key.
    ///
    /// - Returns: the record, and the key itself, which nobody can ask for again.
    /// - Throws: ``AccessError/unknownGames(_:)``, `PostgresError` or `DigestsError`.
    public func create(
        _ terms: APIKeyTerms, for developer: DeveloperID, by user: UserID?
    ) async throws -> (record: APIKeyRecord, key: APIKeyText) {
        // Eight digits of base 62 meet once in a hundred thousand billion; thrice means that something else is wrong.
        for _ in 0..<3 {
            let key = try APIKeyText.generate()
            let record = try await self.database.transaction { transaction -> APIKeyRecord? in
                guard let record = try await self.insert(key, terms, for: developer, by: user, in: transaction) else {
                    return nil
                }
                try await AuditLog.append(record.audited("apikey.created"), in: transaction)
                return record
            }
            if let record { return (record, key) }
        }
        throw PostgresError.unexpected("three new keys in a row had a lookup that was taken")
    }

    /// The company's keys, revoked ones too, newest first; at most 1,000. Those of CI jobs are not listed.
    public func list(of developer: DeveloperID) async throws(PostgresError) -> [APIKeyRecord] {
        try await self.database.rows(
            """
            SELECT \(APIKeyRecord.columns) FROM developer_api_keys
            WHERE developer_id = \(developer) AND trust_id IS NULL
            ORDER BY created_at DESC, key_id
            LIMIT 1000
            """
        ).map { row throws(PostgresError) in try APIKeyRecord(row) }
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func key(_ id: APIKeyID, of developer: DeveloperID) async throws(PostgresError) -> APIKeyRecord? {
        try await self.database.row(
            """
            SELECT \(APIKeyRecord.columns) FROM developer_api_keys
            WHERE key_id = \(id) AND developer_id = \(developer)
            """
        ).map { row throws(PostgresError) in try APIKeyRecord(row) }
    }

    /// Revokes a key, from the next request on.
    ///
    /// Once more changes nothing.
    ///
    /// - Returns: false when it does not exist, or is another company's.
    public func revoke(_ id: APIKeyID, of developer: DeveloperID) async throws -> Bool {
        try await self.database.transaction { transaction in
            guard let record = try await Self.lock(id, of: developer, by: transaction) else { return false }
            guard record.isActive else { return true }
            try await transaction.execute("UPDATE developer_api_keys SET is_active = false WHERE key_id = \(id)")
            try await AuditLog.append(record.audited("apikey.revoked"), in: transaction)
            return true
        }
    }

    static func lock(
        _ id: APIKeyID, of developer: DeveloperID, by transaction: Transaction
    ) async throws(PostgresError) -> APIKeyRecord? {
        try await transaction.row(
            """
            SELECT \(APIKeyRecord.columns) FROM developer_api_keys
            WHERE key_id = \(id) AND developer_id = \(developer)
            FOR NO KEY UPDATE
            """
        ).map { row throws(PostgresError) in try APIKeyRecord(row) }
    }

    /// - Returns: nil when the lookup is taken.
    func insert(
        _ key: APIKeyText, _ terms: APIKeyTerms, for developer: DeveloperID, by user: UserID?,
        in transaction: Transaction
    ) async throws -> APIKeyRecord? {
        precondition(terms.scopes.allSatisfy(\.isGrantableToKeys), "a scope that no key may carry")
        if let games = terms.games { try await Self.requireOwn(games, of: developer, by: transaction) }
        let row = try await transaction.row(
            """
            INSERT INTO developer_api_keys
                (developer_id, api_key_hash, key_prefix, permissions, name, expires_at, created_by, game_ids, networks,
                 trust_id, provenance)
            VALUES (\(developer), \(Hexadecimal.encode(key.hash(pepper: self.pepper))), \(key.lookup),
                    \(terms.scopes.map(\.rawValue))::text[], \(terms.name), \(terms.expiresAt), \(user),
                    \(terms.games)::uuid[], \(terms.networks.map(\.description))::text[], \(terms.trust),
                    \(terms.provenance?.json.description)::jsonb)
            ON CONFLICT (key_prefix) DO NOTHING
            RETURNING \(APIKeyRecord.columns)
            """)
        return try row.map(APIKeyRecord.init)
    }

    static func requireOwn(
        _ games: [GameID], of developer: DeveloperID, by transaction: Transaction
    ) async throws {
        let rows = try await transaction.rows(
            "SELECT game_id FROM games WHERE developer_id = \(developer) AND game_id = ANY (\(games)::uuid[])")
        let own: Set<GameID> = Set(try rows.map { try $0("game_id") })
        let unknown = games.filter { !own.contains($0) }
        guard unknown.isEmpty else { throw AccessError.unknownGames(unknown) }
    }
}
