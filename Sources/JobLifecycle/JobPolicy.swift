/// What the queue needs to know of a kind of job before it runs one.
public struct JobPolicy: Hashable, Sendable {
    /// How a worker's hold on a job is written down.
    public enum Leasing: Hashable, Sendable {
        /// A row for each attempt: for jobs of seconds to hours, which are cancelled while they run.
        case single
        /// A row for many jobs that were taken together, and one for many that ended together: for jobs of milliseconds.
        /// A cancelled one may still run to its end, which then counts for nothing.
        case batched
    }

    public let queue: QueueName
    public let retry: RetryPolicy
    /// The longest an attempt may take, a millisecond to 24 days; then it fails with the code `stage-timeout`.
    public let timeout: Duration
    /// Smaller runs first.
    public let priority: Int
    public let leasing: Leasing

    public init(
        queue: QueueName, retry: RetryPolicy, timeout: Duration, priority: Int = 0, leasing: Leasing = .single
    ) {
        precondition(Int16(exactly: priority) != nil, "a priority fits 16 bits")
        precondition(timeout >= .milliseconds(1) && timeout <= .seconds(24 * 86_400), "an attempt takes some time")
        self.queue = queue
        self.retry = retry
        self.timeout = timeout
        self.priority = priority
        self.leasing = leasing
    }
}
