import Content
import Digests
import FoundationEssentials
import Postgres
import Storefront

extension APIKeys {
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
