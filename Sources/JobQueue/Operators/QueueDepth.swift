public import JobLifecycle

/// How much waits in one queue. Counts stop at 10,000.
public struct QueueDepth: Sendable {
    public let queue: QueueName
    public let settings: QueueSettings
    public let ready: Int
    /// Due, but all slots of their keys are taken.
    public let held: Int
    /// Waiting for a time: scheduled, snoozed, to be retried.
    public let later: Int
    /// Waiting for other jobs.
    public let parked: Int
    public let running: Int
    /// How long the first in line has existed; nil when none is due.
    public let oldest: Duration?
}

/// What ended in one queue, of one kind, in a span of time.
public struct KindStatistics: Sendable {
    public let queue: QueueName
    public let kind: JobKind
    /// The span the counts are of.
    public let span: Duration
    public let completed: Int
    public let retried: Int
    public let discarded: Int
    /// Snoozed, released, cancelled, fenced off.
    public let other: Int
    /// From enqueueing to the first attempt.
    public let waited: Histogram
    /// Each attempt.
    public let ran: Histogram

    public var completedPerSecond: Double { Double(self.completed) / max(self.span / .seconds(1), 0.001) }
}
