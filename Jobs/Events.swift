import BuildStore
import Content
public import FoundationEssentials
public import JobQueue
public import Platform
public import Postgres

/// Tells the other services and studios what happened.
public struct Events: EventSink {
    public let outbox: Outbox
    let queue: JobQueue

    public init(outbox: Outbox, queue: JobQueue) {
        self.outbox = outbox
        self.queue = queue
    }

    /// Puts an event about a version into the caller's transaction, and has it delivered when that commits.
    func tell(
        _ type: String, of version: VersionRecord, _ data: some Encodable, in transaction: Transaction
    ) async throws {
        let event = try OutgoingEvent(
            type: type, developer: version.developer, aggregate: "game/\(version.game)", data: data)
        try await self.tell(event, in: transaction)
    }

    /// Puts an event into the caller's transaction, and has it delivered when that commits.
    public func tell(_ event: OutgoingEvent, in transaction: Transaction) async throws {
        for endpoint in try await self.outbox.put(event, in: transaction) {
            try await self.deliver(to: endpoint, in: transaction)
        }
        if let seq = try await self.told(event, in: transaction) {
            try await self.queue.enqueue(SendNotification(seq: seq), in: transaction)
        }
    }

    /// - Returns: the event's number, when somebody is to hear of it by mail.
    private func told(_ event: OutgoingEvent, in transaction: Transaction) async throws -> Int64? {
        guard event.type == SendNotification.invitation else {
            return try await Notifications.note(event, in: transaction)
        }
        return try await self.outbox.latest(event, in: transaction)
    }

    /// Has the pending events of every endpoint delivered: the net under ``tell(_:of:_:in:)``.
    public func deliverPending() async throws {
        for endpoint in try await self.outbox.endpointsWithPending() {
            try await self.outbox.database.transaction { try await self.deliver(to: endpoint, in: $0) }
        }
    }

    /// Has what waits for an endpoint delivered, when the caller's transaction commits.
    public func deliver(to endpoint: UUID, in transaction: Transaction) async throws {
        // One job at a time for each endpoint keeps its events in order.
        try await self.queue.enqueue(
            DeliverEvents(endpoint: endpoint), unique: "deliver-events/\(endpoint)", in: transaction)
    }
}
