public import Content
import Digests
import FoundationEssentials
import Platform
public import Postgres
import Storefront

extension APIKeys {
    /// How long an old key may go on beside the new one.
    public static let longestOverlap = Duration.seconds(30 * 86_400)

    /// Makes a new key that is for the same as an old one, which goes on working for a while.
    ///
    /// - Parameter overlap: from now; zero ends the old key at once.
    /// - Returns: the new key; nil when the old one does not exist, or is another company's.
    /// - Throws: `InvalidTransition` for a key that is revoked, expired or was rotated before; `PostgresError` or
    ///   `DigestsError`.
    public func rotate(
        _ id: APIKeyID, of developer: DeveloperID, overlap: Duration, by user: UserID?
    ) async throws -> (record: APIKeyRecord, key: APIKeyText)? {
        let key = try APIKeyText.generate()
        let record = try await self.database.transaction { transaction -> APIKeyRecord? in
            guard let old = try await Self.lock(id, of: developer, by: transaction) else { return nil }
            let status = try await Self.status(of: old, by: transaction)
            guard status == "active" else {
                throw InvalidTransition(subject: "key", current: status, requested: "rotate", allowed: [])
            }
            let terms = APIKeyTerms(
                name: old.name, scopes: old.scopes, expiresAt: old.expiresAt, games: old.games.map { $0.sorted() },
                networks: old.networks, trust: nil)
            guard let new = try await self.insert(key, terms, for: developer, by: user, in: transaction) else {
                throw PostgresError.unexpected("a new key had a lookup that was taken")
            }
            try await transaction.execute(
                """
                UPDATE developer_api_keys
                SET replaced_by = \(new.id),
                    expires_at = least(coalesce(expires_at, 'infinity'), now() + \(overlap)::interval)
                WHERE key_id = \(old.id)
                """)
            try await AuditLog.append(
                AuditEntry(
                    developer: developer, action: "apikey.rotated", target: "apikey/\(old.id)",
                    after: ["replaced_by": .string(new.id.description), "key_prefix": .string(new.prefix)]),
                in: transaction)
            return new
        }
        return record.map { ($0, key) }
    }

    private static func status(
        of key: APIKeyRecord, by transaction: Transaction
    ) async throws(PostgresError) -> String {
        guard key.isActive else { return "revoked" }
        if key.replacedBy != nil { return "rotated" }
        let row = try await transaction.row("SELECT coalesce(\(key.expiresAt) <= now(), false) AS is_over")
        return try row?("is_over", as: Bool.self) == true ? "expired" : "active"
    }

    /// Deletes keys of CI jobs that are long over; some at a time.
    public func reapExchanged() async throws(PostgresError) {
        try await self.database.execute(
            """
            DELETE FROM developer_api_keys WHERE key_id IN (
                SELECT key_id FROM developer_api_keys
                WHERE trust_id IS NOT NULL AND expires_at < now() - interval '1 day'
                ORDER BY expires_at LIMIT 1000)
            """)
    }
}
