public import Content
public import FoundationEssentials
public import Postgres

/// A fact for the other services and for studios.
public struct OutgoingEvent: Sendable {
    /// Lower-case words joined by dots, e.g. `version.ready`.
    public let type: String
    public let developer: DeveloperID
    /// Events of one aggregate are delivered in order.
    public let aggregate: String
    /// A JSON object.
    public let data: String

    public init(type: String, developer: DeveloperID, aggregate: String, data: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        self.type = type
        self.developer = developer
        self.aggregate = aggregate
        self.data = String(decoding: try encoder.encode(data), as: UTF8.self)
    }
}

/// The transactional outbox: what is put here in a transaction is told to everyone concerned if it commits, at least once,
/// in order for each aggregate.
public struct Outbox: Sendable {
    public let database: Database

    public init(database: Database) { self.database = database }

    /// Puts an event into the caller's transaction, with a delivery for each endpoint that wants it.
    ///
    /// - Returns: the endpoints that now have something to deliver.
    public func put(_ event: OutgoingEvent, in transaction: Transaction) async throws(PostgresError) -> [UUID] {
        try await transaction.rows(
            """
            WITH event AS (
                INSERT INTO outbox (type, developer_id, aggregate, data, request_id, traceparent)
                VALUES (\(event.type), \(event.developer), \(event.aggregate), \(event.data)::jsonb,
                        \(AuditActor.current.requestID), \(AuditActor.current.traceparent))
                RETURNING seq
            )
            INSERT INTO webhook_deliveries (endpoint_id, seq, aggregate)
            SELECT endpoint.endpoint_id, event.seq, \(event.aggregate)
            FROM event CROSS JOIN webhook_endpoints AS endpoint
            WHERE endpoint.enabled
              AND (endpoint.developer_id IS NULL OR endpoint.developer_id = \(event.developer))
              AND (endpoint.types = '{}' OR \(event.type) = ANY (endpoint.types))
            RETURNING endpoint_id
            """
        ).map { row throws(PostgresError) in try row("endpoint_id") }
    }
}
