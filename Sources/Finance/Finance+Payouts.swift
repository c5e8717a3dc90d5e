public import Content
public import Postgres
public import Storefront

extension Finance {
    /// The company's payouts, newest first.
    ///
    /// - Parameters:
    ///   - after: the position of the last payout of the page before.
    ///   - limit: 1 or more.
    public func payouts(
        of developer: DeveloperID, status: PayoutState?, after: PayoutPosition?, limit: Int
    ) async throws(PostgresError) -> [PayoutRecord] {
        var conditions: SQL = "developer_id = \(developer)"
        if let status { conditions = "\(conditions) AND status = \(status.rawValue)" }
        if let after {
            conditions = "\(conditions) AND \(after.isBefore(time: "requested_at", id: "payout_id"))"
        }
        return try await self.database.rows(
            """
            SELECT \(PayoutRecord.columns) FROM developer_payouts
            WHERE \(conditions)
            ORDER BY requested_at DESC, payout_id
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try PayoutRecord(row) }
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func payout(_ id: PayoutID, of developer: DeveloperID) async throws(PostgresError) -> PayoutRecord? {
        try await self.database.row(
            """
            SELECT \(PayoutRecord.columns) FROM developer_payouts
            WHERE payout_id = \(id) AND developer_id = \(developer)
            """
        ).map { row throws(PostgresError) in try PayoutRecord(row) }
    }

    /// Everything that was said of a payout, oldest first; at most 200.
    public func history(of payout: PayoutID) async throws(PostgresError) -> [PayoutEvent] {
        try await self.database.rows(
            """
            SELECT event, source, verdict, status, reason, at FROM payout_events
            WHERE payout_id = \(payout)
            ORDER BY seq
            LIMIT 200
            """
        ).map { row throws(PostgresError) in try PayoutEvent(row) }
    }

    /// Payouts that Payment Service has had for a while without a last word, oldest first.
    ///
    /// - Parameters:
    ///   - age: counted by the server's clock from the hand-over.
    ///   - limit: 1 or more.
    public func unsettled(
        olderThan age: Duration, limit: Int
    ) async throws(PostgresError) -> [PayoutRecord] {
        try await self.database.rows(
            """
            SELECT \(PayoutRecord.columns) FROM developer_payouts
            WHERE status = 'processing' AND handed_over_at < now() - \(age)::interval
            ORDER BY handed_over_at, payout_id
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try PayoutRecord(row) }
    }

    /// The payout, locked together with its company's account; nil when there is none.
    static func lock(_ id: PayoutID, in transaction: Transaction) async throws(PostgresError) -> PayoutRecord? {
        // The account first, as everywhere.
        let owner = try await transaction.row("SELECT developer_id FROM developer_payouts WHERE payout_id = \(id)")
        guard let owner else { return nil }
        try await Self.lock(try owner("developer_id", as: DeveloperID.self), in: transaction)
        return try await transaction.row(
            "SELECT \(PayoutRecord.columns) FROM developer_payouts WHERE payout_id = \(id) FOR NO KEY UPDATE"
        ).map { row throws(PostgresError) in try PayoutRecord(row) }
    }

    static func note(
        _ event: String, of payout: PayoutID, by source: String, _ verdict: PayoutEvent.Verdict, status: PayoutState,
        reason: String?, message: String?, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO payout_events (payout_id, event, source, verdict, status, reason, message_id)
            VALUES (\(payout), \(event), \(source), \(verdict.rawValue), \(status.rawValue), \(reason), \(message))
            ON CONFLICT DO NOTHING
            """)
    }
}
