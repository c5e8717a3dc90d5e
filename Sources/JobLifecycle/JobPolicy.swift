/// What the queue needs to know of a kind of job before it runs one.
public struct JobPolicy: Hashable, Sendable {
    public let queue: QueueName
    public let retry: RetryPolicy
    /// The longest an attempt may take; then it fails with the code `stage-timeout`.
    public let timeout: Duration
    /// Smaller runs first.
    public let priority: Int

    public init(queue: QueueName, retry: RetryPolicy, timeout: Duration, priority: Int = 0) {
        precondition(Int16(exactly: priority) != nil, "a priority fits 16 bits")
        precondition(timeout > .zero, "an attempt takes some time")
        self.queue = queue
        self.retry = retry
        self.timeout = timeout
        self.priority = priority
    }
}
