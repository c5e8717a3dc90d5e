public import Content
public import Postgres

/// Takes facts into the caller's transaction: they are told if it commits, and only then.
public protocol EventSink: Sendable {
    func tell(_ event: OutgoingEvent, in transaction: Transaction) async throws
}

extension Outbox: EventSink {
    /// Puts the event; whoever looks after the outbox has it delivered.
    public func tell(_ event: OutgoingEvent, in transaction: Transaction) async throws {
        _ = try await self.put(event, in: transaction)
    }
}

extension OutgoingEvent {
    /// - Parameter json: a JSON object as text, its numbers as they were written: money is among them.
    public init(type: String, developer: DeveloperID, aggregate: String, json: String) {
        self.type = type
        self.developer = developer
        self.aggregate = aggregate
        self.data = json
    }
}
