/// How often a job is attempted, and how long it rests between attempts.
///
/// Delays double from ``base`` up to ``cap`` and are then drawn evenly between half and whole ("equal jitter",
/// <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>), so that jobs that failed together
/// do not come back together, and none comes back at once.
public struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, 1 or more.
    public let maxAttempts: Int
    public let base: Duration
    public let cap: Duration

    public init(maxAttempts: Int, base: Duration = .seconds(1), cap: Duration = .seconds(300)) {
        precondition((1...Int(Int16.max)).contains(maxAttempts), "a job is attempted once or more")
        self.maxAttempts = maxAttempts
        self.base = base
        self.cap = cap
    }

    /// The rest after a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - jitter: drawn by the caller, 0 to 1.
    public func delay(after attempt: Int, jitter: Double) -> Duration {
        let doublings = min(max(attempt, 1) - 1, 32)
        let whole = min(self.base * (1 << doublings), self.cap)
        return whole / 2 + whole / 2 * min(max(jitter, 0), 1)
    }

    /// Whether another attempt follows a failed one.
    public func allowsRetry(after attempt: Int) -> Bool { attempt < self.maxAttempts }
}
