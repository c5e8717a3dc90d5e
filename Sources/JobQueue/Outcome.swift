public import Postgres

/// What a handler returns when nothing went wrong.
public enum Outcome: Sendable {
    /// Done. The closure runs in the transaction that ends the job: its writes, and the jobs it enqueues, happen exactly
    /// once or not at all. Nil, and the end is written together with that of others.
    case completed(recording: (@Sendable (Transaction) async throws -> Void)?)

    /// Not yet: again after a rest, and this attempt does not count.
    case snoozed(for: Duration)

    /// Done, with nothing to record.
    public static let completed = Outcome.completed(recording: nil)
}
