public import Content
public import Postgres
import Storefront

extension AuditLog {
    /// The action of the row that stands for those that were cut off.
    static let pruned = "audit.pruned"

    /// Rows of one company that go in one transaction, at most.
    public static let largestCut = 5000

    /// Companies whose log has rows that are older; at most `limit`.
    public func companies(withRowsOlderThan age: Duration, limit: Int) async throws(PostgresError) -> [DeveloperID] {
        try await self.database.rows(
            """
            SELECT chain.developer_id FROM audit_chain AS chain
            JOIN audit_log AS oldest ON oldest.developer_id = chain.developer_id AND oldest.seq = chain.cut_seq + 1
            WHERE oldest.at < now() - \(age)::interval AND oldest.seq < chain.seq
            ORDER BY chain.developer_id LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try row("developer_id") }
    }

    /// Lets a company's rows go that are older, the newest of all excepted; the chain goes on from where it is cut.
    ///
    /// The cut is written into the log itself: how many rows went, and the hash that the chain goes on from.
    ///
    /// - Returns: how many; where they are ``largestCut``, there may be more.
    public func prune(_ developer: DeveloperID, olderThan age: Duration) async throws -> Int {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                SELECT prune_audit_log(\(developer), now() - \(age)::interval, \(Int32(Self.largestCut))) AS gone
                """)
            let gone: Int64 = try row?("gone") ?? 0
            guard gone > 0 else { return 0 }
            let cut = try await transaction.row(
                "SELECT cut_seq, encode(cut_hash, 'hex') AS hash FROM audit_chain WHERE developer_id = \(developer)")
            let seq: Int64 = try cut?("cut_seq") ?? 0, hash: String = try cut?("hash") ?? ""
            try await Self.append(
                AuditEntry(
                    developer: developer, action: Self.pruned, target: "audit/\(developer)",
                    after: ["records": .integer(gone), "through_seq": .integer(seq), "through_hash": .string(hash)]),
                in: transaction)
            return Int(gone)
        }
    }
}
