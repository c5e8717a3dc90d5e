public import FoundationEssentials
public import Postgres

/// An endpoint that has undelivered events.
public struct DeliveryEndpoint: Sendable {
    public let id: UUID
    public let url: String
    /// A platform endpoint's, as it was configured: `whsec_` and the base64 of the key; nil for a studio's, whose secrets
    /// are computed.
    public let configuredSecret: String?
    /// Whose; nil for a service of the platform.
    public let developer: UUID?
    /// Counts the secrets.
    public let generation: Int
    /// Whether the secret before is still to be used, too.
    public let usesOldSecret: Bool
}

/// One event on its way to one endpoint.
public struct Delivery: Sendable {
    public let event: CloudEvent
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

    /// Makes a service of the platform an endpoint of events, once; another address, secret or list of types replaces the
    /// old one, and what waits goes to the new address.
    public func ensure(_ listener: Listener, url: String, secret: String) async throws(PostgresError) {
        try await self.database.execute(
            """
            INSERT INTO webhook_endpoints (service, url, secret, types)
            VALUES (\(listener.rawValue), \(url), \(secret), \(listener.types)::text[])
            ON CONFLICT (service) DO UPDATE
            SET url = excluded.url, secret = excluded.secret, types = excluded.types, enabled = true
            """)
    }

    /// Endpoints with something to deliver.
    public func endpointsWithPending() async throws(PostgresError) -> [UUID] {
        try await self.database.rows(
            """
            SELECT DISTINCT endpoint_id FROM webhook_deliveries WHERE state = 'pending' ORDER BY endpoint_id LIMIT 1000
            """
        ).map { row throws(PostgresError) in try row("endpoint_id") }
    }

    /// - Returns: nil when there is none, or it is switched off.
    public func endpoint(_ id: UUID) async throws(PostgresError) -> DeliveryEndpoint? {
        try await self.database.row(
            """
            SELECT endpoint_id, url, secret, developer_id, secret_generation,
                   coalesce(old_secret_until > now(), false) AS uses_old
            FROM webhook_endpoints WHERE endpoint_id = \(id) AND enabled
            """
        ).map { row throws(PostgresError) in
            DeliveryEndpoint(
                id: try row("endpoint_id"), url: try row("url"), configuredSecret: try row("secret"),
                developer: try row("developer_id"), generation: try row("secret_generation"),
                usesOldSecret: try row("uses_old"))
        }
    }

    /// The next undelivered events of an endpoint, in order.
    public func pending(for endpoint: UUID, limit: Int) async throws(PostgresError) -> [Delivery] {
        try await self.database.rows(
            """
            SELECT \(CloudEvent.columns), delivery.attempts
            FROM webhook_deliveries AS delivery JOIN outbox AS event USING (seq)
            WHERE delivery.endpoint_id = \(endpoint) AND delivery.state = 'pending'
            ORDER BY delivery.seq LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) in
            Delivery(event: try CloudEvent(row), attempts: try row("attempts"))
        }
    }

    /// How long an endpoint of a studio may fail before it is switched off.
    static let patience = Duration.seconds(5 * 86_400)

    /// Records one attempt at a delivery, and switches off a studio's endpoint where nothing arrived for days.
    ///
    /// - Parameters:
    ///   - status: the HTTP status, when there was an answer.
    ///   - exhausted: true when it was the last attempt.
    public func record(
        _ delivery: Delivery, to endpoint: UUID, status: Int?, error: String?, exhausted: Bool
    ) async throws {
        let state = error == nil ? "delivered" : exhausted ? "exhausted" : "pending"
        try await self.database.transaction { transaction in
            try await transaction.execute(
                """
                UPDATE webhook_deliveries
                SET state = \(state), attempts = attempts + 1, last_status = \(status.map(Int32.init)),
                    last_error = \(error), attempted_at = now(),
                    delivered_at = CASE WHEN \(state) = 'delivered' THEN now() END
                WHERE endpoint_id = \(endpoint) AND seq = \(delivery.event.seq) AND state = 'pending'
                """)
            try await transaction.execute(
                """
                UPDATE webhook_endpoints
                SET failing_since = CASE WHEN \(error == nil) THEN NULL ELSE coalesce(failing_since, now()) END,
                    enabled = enabled AND (\(error == nil) OR developer_id IS NULL OR failing_since IS NULL
                        OR failing_since > now() - \(Self.patience)::interval),
                    disabled_reason = CASE
                        WHEN \(error != nil) AND developer_id IS NOT NULL
                            AND failing_since <= now() - \(Self.patience)::interval
                        THEN 'nothing arrived for 5 days' ELSE disabled_reason END
                WHERE endpoint_id = \(endpoint) AND (failing_since IS NOT NULL OR \(error != nil))
                """)
        }
    }
}
