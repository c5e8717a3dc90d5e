public import FoundationEssentials
public import Postgres

/// An endpoint that has undelivered events.
public struct DeliveryEndpoint: Sendable {
    public let id: UUID
    public let url: String
    /// `whsec_` and the base64 of the key.
    public let secret: String
}

/// One event on its way to one endpoint.
public struct Delivery: Sendable {
    public let seq: Int64
    public let event: UUID
    public let type: String
    public let aggregate: String
    /// A JSON object.
    public let data: String
    public let occurredAt: Date
    public let attempts: Int
}

extension Outbox {
    /// Registers where events go: a studio's webhook, or, without a company, a service of the platform.
    ///
    /// - Parameter types: empty for all.
    public func register(
        url: String, secret: String, types: [String], developer: UUID?, in executor: some SQLExecutor
    ) async throws(PostgresError) -> UUID {
        let rows = try await executor.rows(
            """
            INSERT INTO webhook_endpoints (developer_id, url, secret, types)
            VALUES (\(developer), \(url), \(secret), \(types)::text[])
            RETURNING endpoint_id
            """)
        guard let row = rows.first else { throw .unexpected("no endpoint id") }
        return try row("endpoint_id")
    }

    /// Makes a service of the platform an endpoint of all events, once; a changed secret replaces the old one.
    public func ensurePlatformEndpoint(url: String, secret: String) async throws {
        try await self.database.transaction { transaction in
            try await transaction.execute("LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE")
            let updated = try await transaction.execute(
                """
                UPDATE webhook_endpoints SET secret = \(secret), enabled = true
                WHERE developer_id IS NULL AND url = \(url)
                """)
            guard updated == 0 else { return }
            _ = try await self.register(url: url, secret: secret, types: [], developer: nil, in: transaction)
        }
    }

    /// Endpoints with something to deliver.
    public func endpointsWithPending() async throws(PostgresError) -> [UUID] {
        try await self.database.rows(
            """
            SELECT DISTINCT endpoint_id FROM webhook_deliveries WHERE state = 'pending' ORDER BY endpoint_id LIMIT 1000
            """
        ).map { row throws(PostgresError) in try row("endpoint_id") }
    }

    public func endpoint(_ id: UUID) async throws(PostgresError) -> DeliveryEndpoint? {
        try await self.database.rows(
            "SELECT endpoint_id, url, secret FROM webhook_endpoints WHERE endpoint_id = \(id) AND enabled"
        ).first.map { row throws(PostgresError) in
            DeliveryEndpoint(id: try row("endpoint_id"), url: try row("url"), secret: try row("secret"))
        }
    }

    /// The next undelivered events of an endpoint, in order.
    public func pending(for endpoint: UUID, limit: Int) async throws(PostgresError) -> [Delivery] {
        try await self.database.rows(
            """
            SELECT event.seq, event.event_id, event.type, event.aggregate, event.data::text AS data, event.occurred_at,
                   delivery.attempts
            FROM webhook_deliveries AS delivery JOIN outbox AS event USING (seq)
            WHERE delivery.endpoint_id = \(endpoint) AND delivery.state = 'pending'
            ORDER BY delivery.seq LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) in
            let attempts: Int32 = try row("attempts")
            return Delivery(
                seq: try row("seq"), event: try row("event_id"), type: try row("type"),
                aggregate: try row("aggregate"), data: try row("data"), occurredAt: try row("occurred_at"),
                attempts: Int(attempts))
        }
    }

    /// Records one attempt at a delivery.
    ///
    /// - Parameters:
    ///   - status: the HTTP status, when there was an answer.
    ///   - exhausted: true when it was the last attempt.
    public func record(
        _ delivery: Delivery, to endpoint: UUID, status: Int?, error: String?, exhausted: Bool
    ) async throws(PostgresError) {
        let state = error == nil ? "delivered" : exhausted ? "exhausted" : "pending"
        try await self.database.execute(
            """
            UPDATE webhook_deliveries
            SET state = \(state), attempts = attempts + 1, last_status = \(status.map(Int32.init)),
                last_error = \(error), delivered_at = CASE WHEN \(state) = 'delivered' THEN now() END
            WHERE endpoint_id = \(endpoint) AND seq = \(delivery.seq) AND state = 'pending'
            """)
    }
}
