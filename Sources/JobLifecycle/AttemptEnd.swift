/// What becomes of a job after an attempt, decided without clock, chance or database.
public enum AttemptEnd: Equatable, Sendable {
    case completed
    /// Again after a rest; the attempt counts.
    case retried(after: Duration, Failure)
    /// Again after a rest; the attempt does not count.
    case snoozed(for: Duration)
    /// Given back untouched, because the worker stops; the attempt does not count.
    case released
    /// Failed for good.
    case discarded(Failure)
    case cancelled

    /// Decides after a failed attempt: retry while the failure is retryable and attempts are left.
    ///
    /// - Parameter jitter: 0 to 1.
    public init(failed failure: Failure, attempt: Int, policy: RetryPolicy, jitter: Double) {
        var failure = failure
        failure.attempt = attempt
        if failure.retryable, policy.allowsRetry(after: attempt) {
            self = .retried(after: policy.delay(after: attempt, jitter: jitter), failure)
        } else {
            self = .discarded(failure)
        }
    }
}
