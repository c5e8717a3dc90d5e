import Platform
import Postgres

extension Finance {
    /// Pages of a feed read in one go, at most.
    static let largestRun = 200

    /// Records what Payment Service has entered since the last time.
    ///
    /// Entries and the place in the feed commit together, so that nothing is passed over; what is read twice is recorded
    /// once.
    ///
    /// - Returns: how many entries were new.
    /// - Throws: `ServiceError`, ``FinanceError`` or `PostgresError`; what was recorded before stays.
    public func pollLedger(_ payment: PaymentClient) async throws -> Int {
        var new = 0
        for _ in 0..<Self.largestRun {
            let cursor = try await self.feedCursor()
            let page = try await payment.entries(after: cursor)
            guard !page.entries.isEmpty else { return new }
            new += try await self.record(page.entries, from: PaymentClient.source) { transaction in
                try await transaction.execute(
                    """
                    INSERT INTO finance_feeds (feed, cursor) VALUES (\(PaymentClient.source), \(page.cursor))
                    ON CONFLICT (feed) DO UPDATE SET cursor = excluded.cursor, polled_at = now()
                    """)
            }.new
            guard page.cursor != cursor else { return new }
        }
        return new
    }

    private func feedCursor() async throws(PostgresError) -> String? {
        let row = try await self.database.row("SELECT cursor FROM finance_feeds WHERE feed = \(PaymentClient.source)")
        return try row?("cursor")
    }
}
