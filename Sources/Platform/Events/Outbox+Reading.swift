public import Content
import FoundationEssentials
public import Postgres

extension Outbox {
    /// What happened to a company, in the order of the sequence; the same to every reader, and complete.
    ///
    /// Numbers are given before the commit, so one may become visible after a larger one. Nothing newer than the oldest
    /// transaction that still writes is shown: whoever read up to a number never misses one before it.
    ///
    /// - Parameters:
    ///   - after: the last number that was seen; 0 for the beginning.
    ///   - types: empty for all.
    ///   - hidden: first words of types that the reader may not see.
    ///   - limit: 1 or more.
    public func events(
        of developer: DeveloperID, after: Int64, types: [String], hidden: [String], limit: Int
    ) async throws(PostgresError) -> [CloudEvent] {
        var conditions: SQL = "event.developer_id = \(developer) AND event.seq > \(after)"
        if !types.isEmpty { conditions = "\(conditions) AND event.type = ANY (\(types)::text[])" }
        if !hidden.isEmpty {
            conditions = "\(conditions) AND split_part(event.type, '.', 1) <> ALL (\(hidden)::text[])"
        }
        return try await self.database.rows(
            """
            SELECT \(CloudEvent.columns) FROM outbox AS event
            WHERE \(conditions) AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY event.seq
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try CloudEvent(row) }
    }

    /// The number that an event got in this transaction.
    public func latest(_ event: OutgoingEvent, in transaction: Transaction) async throws(PostgresError) -> Int64? {
        try await transaction.row(
            """
            SELECT max(seq) AS seq FROM outbox
            WHERE developer_id = \(event.developer) AND type = \(event.type) AND xid = pg_current_xact_id()
            """
        ).flatMap { row throws(PostgresError) in try row("seq") }
    }

    /// Puts an event for one endpoint alone: to see whether it answers.
    public func ping(
        _ endpoint: WebhookEndpoint, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            WITH event AS (
                INSERT INTO outbox (type, developer_id, aggregate, data, request_id, traceparent)
                VALUES ('webhook.ping', \(endpoint.developer), \("webhook/\(endpoint.id.uuidString.lowercased())"),
                        '{}', \(AuditActor.current.requestID), \(AuditActor.current.traceparent))
                RETURNING seq, aggregate
            )
            INSERT INTO webhook_deliveries (endpoint_id, seq, aggregate)
            SELECT \(endpoint.id), seq, aggregate FROM event
            """)
    }
}
