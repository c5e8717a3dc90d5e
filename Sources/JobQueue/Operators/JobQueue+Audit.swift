import FoundationEssentials
public import Postgres

extension JobQueue {
    /// What operators, and the queue itself, have changed: newest first.
    ///
    /// - Parameters:
    ///   - last: the id of the last entry of the page before.
    ///   - limit: 1 to 200.
    public func audit(before last: Int64? = nil, limit: Int = 50) async throws(PostgresError) -> [AuditEntry] {
        try await self.database.rows(
            """
            SELECT id, at, actor, action, subject, before::text AS before, after::text AS after
            FROM job_audit WHERE (\(last)::bigint IS NULL OR id < \(last)::bigint)
            ORDER BY id DESC LIMIT \(Int64(min(max(limit, 1), 200)))
            """
        ).map { row throws(PostgresError) in
            AuditEntry(
                id: try row("id"), at: try row("at"), actor: try row("actor"), action: try row("action"),
                subject: try row("subject"), before: try row("before"), after: try row("after"))
        }
    }

    func audit(
        _ action: String, _ subject: String, from before: String?, to after: String?, by actor: String,
        in executor: some SQLExecutor
    ) async throws(PostgresError) {
        try await executor.execute(
            """
            INSERT INTO job_audit (actor, action, subject, before, after)
            VALUES (left(\(actor)::text, 200), \(action), left(\(subject)::text, 1000), \(before)::jsonb, \(after)::jsonb)
            """)
    }
}
