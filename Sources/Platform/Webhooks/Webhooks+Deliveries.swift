import Content
public import FoundationEssentials
public import Postgres

/// What became of one event at one endpoint.
public struct WebhookDelivery: Equatable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// Waiting for its turn, or for another attempt.
        case pending
        case delivered
        /// Given up after the last attempt.
        case exhausted
    }

    /// Of the event; with the endpoint, what names the delivery.
    public let seq: Int64
    public let event: UUID
    public let type: String
    public let state: State
    public let attempts: Int
    public let lastStatus: Int?
    public let lastError: String?
    public let createdAt: Date
    public let attemptedAt: Date?
    public let deliveredAt: Date?

    init(_ row: Row) throws(PostgresError) {
        self.seq = try row("seq")
        self.event = try row("event_id")
        self.type = try row("type")
        let state: String = try row("state")
        guard let known = State(rawValue: state) else {
            throw .decoding(column: "state", expected: "WebhookDelivery.State", got: state)
        }
        self.state = known
        self.attempts = try row("attempts")
        self.lastStatus = try row("last_status")
        self.lastError = try row("last_error")
        self.createdAt = try row("created_at")
        self.attemptedAt = try row("attempted_at")
        self.deliveredAt = try row("delivered_at")
    }

    static let columns: SQL = """
        delivery.seq, event.event_id, event.type, delivery.state, delivery.attempts, delivery.last_status,
        delivery.last_error, delivery.created_at, delivery.attempted_at, delivery.delivered_at
        """
}

extension Webhooks {
    /// What went, or is to go, to an endpoint, newest first; the endpoint was looked up for its company.
    ///
    /// - Parameters:
    ///   - before: the number of the last one of the page before.
    ///   - limit: 1 or more.
    public func deliveries(
        to endpoint: UUID, state: WebhookDelivery.State?, before: Int64?, limit: Int
    ) async throws(PostgresError) -> [WebhookDelivery] {
        var conditions: SQL = "delivery.endpoint_id = \(endpoint)"
        if let state { conditions = "\(conditions) AND delivery.state = \(state.rawValue)" }
        if let before { conditions = "\(conditions) AND delivery.seq < \(before)" }
        return try await self.database.rows(
            """
            SELECT \(WebhookDelivery.columns)
            FROM webhook_deliveries AS delivery JOIN outbox AS event USING (seq)
            WHERE \(conditions)
            ORDER BY delivery.seq DESC
            LIMIT \(limit)
            """
        ).map { row throws(PostgresError) in try WebhookDelivery(row) }
    }

    /// Has an event delivered once more, from its first attempt.
    ///
    /// - Returns: nil when the endpoint never was to get such an event.
    /// - Throws: ``WebhookError/stillPending``, or `PostgresError`.
    public func redeliver(
        _ seq: Int64, to endpoint: UUID, in transaction: Transaction
    ) async throws -> WebhookDelivery? {
        let current = try await transaction.row(
            """
            SELECT state FROM webhook_deliveries WHERE endpoint_id = \(endpoint) AND seq = \(seq)
            FOR NO KEY UPDATE
            """)
        guard let current else { return nil }
        guard try current("state", as: String.self) != WebhookDelivery.State.pending.rawValue else {
            throw WebhookError.stillPending
        }
        try await transaction.execute(
            """
            UPDATE webhook_deliveries SET state = 'pending', attempts = 0, delivered_at = NULL
            WHERE endpoint_id = \(endpoint) AND seq = \(seq)
            """)
        let row = try await transaction.row(
            """
            SELECT \(WebhookDelivery.columns)
            FROM webhook_deliveries AS delivery JOIN outbox AS event USING (seq)
            WHERE delivery.endpoint_id = \(endpoint) AND delivery.seq = \(seq)
            """)
        return try row.map(WebhookDelivery.init)
    }
}
