public import Content
import FoundationEssentials
public import JobLifecycle
public import Postgres
import Storefront

extension Analytics {
    /// The client, for what reads more than one answer.
    public var service: AnalyticsClient { self.client }

    /// Begins to make a report, or goes on where another worker died.
    ///
    /// - Returns: nil when there is nothing to make any more.
    public func begin(_ id: ReportID) async throws(PostgresError) -> ReportRecord? {
        try await self.database.row(
            """
            UPDATE analytics_reports
            SET status = 'generating', revision = revision + CASE WHEN status = 'queued' THEN 1 ELSE 0 END
            WHERE report_id = \(id) AND status IN ('queued', 'generating')
            RETURNING \(ReportRecord.columns)
            """
        ).map { row throws(PostgresError) in try ReportRecord(row) }
    }

    /// Makes a report ready.
    ///
    /// - Returns: false when it was removed meanwhile; its file is nobody's then.
    public func finish(_ id: ReportID, _ file: ReportFile, in transaction: Transaction) async throws -> Bool {
        let row = try await transaction.row(
            """
            UPDATE analytics_reports
            SET status = 'ready', finished_at = now(), expires_at = now() + \(self.policy.reportLife)::interval,
                object_key = \(file.objectKey), size = \(file.size), digest = \(file.digest), row_count = \(file.rows),
                revision = revision + 1
            WHERE report_id = \(id) AND status = 'generating'
            RETURNING \(ReportRecord.columns)
            """)
        guard let row else { return false }
        try await self.observer.reportMoved(try ReportRecord(row), in: transaction)
        return true
    }

    public func fail(_ id: ReportID, because failure: Failure, in transaction: Transaction) async throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let json = String(decoding: try encoder.encode(failure), as: UTF8.self)
        let row = try await transaction.row(
            """
            UPDATE analytics_reports
            SET status = 'failed', finished_at = now(), failure = \(json)::jsonb, revision = revision + 1
            WHERE report_id = \(id) AND status IN ('queued', 'generating')
            RETURNING \(ReportRecord.columns)
            """)
        guard let row else { return }
        try await self.observer.reportMoved(try ReportRecord(row), in: transaction)
    }

    /// Whether ``expireReports(limit:erase:)`` or ``forgetAnswers()`` would find anything.
    public func hasSomethingToForget() async throws(PostgresError) -> Bool {
        try await self.database.row(
            """
            SELECT 1 WHERE EXISTS (SELECT FROM analytics_reports WHERE status = 'ready' AND expires_at <= now())
                OR EXISTS (SELECT FROM analytics_answers WHERE fetched_at < now() - \(self.policy.stale)::interval)
            """) != nil
    }

    /// Ends reports whose time is over.
    ///
    /// - Parameters:
    ///   - limit: 1 or more.
    ///   - erase: deletes objects of the store; at the end of the transaction.
    /// - Returns: how many.
    public func expireReports(
        limit: Int, erase: @Sendable (_ objectKeys: [String]) async throws -> Void
    ) async throws -> Int {
        try await self.database.transaction { transaction in
            let rows = try await transaction.rows(
                """
                WITH old AS (
                    SELECT report_id, object_key FROM analytics_reports
                    WHERE status = 'ready' AND expires_at <= now()
                    ORDER BY expires_at, report_id
                    LIMIT \(limit)
                    FOR UPDATE SKIP LOCKED
                ), expired AS (
                    UPDATE analytics_reports AS report
                    SET status = 'expired', object_key = NULL, revision = revision + 1
                    FROM old WHERE report.report_id = old.report_id
                )
                SELECT object_key FROM old ORDER BY report_id
                """)
            let keys: [String] = try rows.map { row throws(PostgresError) in try row("object_key") }
            if !keys.isEmpty { try await erase(keys) }
            return keys.count
        }
    }
}
