import Platform
import Postgres

/// Tells nobody anything.
struct Silence: EventSink {
    func tell(_ event: OutgoingEvent, in transaction: Transaction) async throws {}
}
