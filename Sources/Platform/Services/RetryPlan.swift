/// How often a call is attempted, and how long it rests in between, within a time that is set for all of it.
///
/// The rest is drawn evenly from nothing to a bound that doubles from ``base`` up to ``cap`` ("full jitter",
/// <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>), so that callers who failed together
/// do not come back together. A value: time and chance are arguments.
public struct RetryPlan: Equatable, Sendable {
    /// Attempts in all, 1 or more.
    public let attempts: Int
    public let base: Duration
    public let cap: Duration
    /// For all attempts and rests together; each attempt gets at most what is left.
    public let total: Duration

    public init(
        attempts: Int, base: Duration = .milliseconds(100), cap: Duration = .seconds(2), total: Duration = .seconds(10)
    ) {
        precondition(
            attempts >= 1 && base >= .zero && cap >= base && total > .zero, "a call is attempted, in some time")
        self.attempts = attempts
        self.base = base
        self.cap = cap
        self.total = total
    }

    /// One attempt.
    public static func once(within total: Duration) -> RetryPlan { RetryPlan(attempts: 1, total: total) }

    /// The rest after a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - elapsed: since the first began.
    ///   - asked: what the service asked to be left alone for; it is never asked earlier.
    ///   - jitter: drawn by the caller, 0 to 1.
    /// - Returns: nil when there is no other attempt, or no time for one.
    public func rest(after attempt: Int, elapsed: Duration, asked: Duration? = nil, jitter: Double) -> Duration? {
        guard attempt < self.attempts else { return nil }
        let doublings = min(max(attempt, 1) - 1, 32)
        let bound = min(self.base * (1 << doublings), self.cap)
        let rest = max(bound * min(max(jitter, 0), 1), asked ?? .zero)
        return elapsed + rest < self.total ? rest : nil
    }

    /// What is left for an attempt that begins now; nil when nothing is.
    public func remaining(elapsed: Duration) -> Duration? { elapsed < self.total ? self.total - elapsed : nil }
}
