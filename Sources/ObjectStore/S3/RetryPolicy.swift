/// When a failed request is sent again.
///
/// A pure function: the randomness is handed in.
///
/// Full jitter: "Exponential Backoff and Jitter", AWS Architecture Blog. Base times as AWS SDKs have them since 2026.
struct RetryPolicy: Equatable, Sendable {
    /// Why a request may be sent again.
    enum Reason: Equatable, Sendable {
        /// The connection broke, or the store failed inside.
        case transient
        /// The store asked for less.
        case throttled
    }

    /// Tries of one request, the first one included.
    let maximumAttempts: Int

    /// The longest wait, and the most of a server's `Retry-After` that is believed.
    static let longestDelay = Duration.seconds(20)

    /// - Parameters:
    ///   - attempt: how many tries failed, 1 or more.
    ///   - fraction: random, from 0 to below 1.
    ///   - retryAfter: what the server asked for.
    /// - Returns: nil when enough tries were made.
    func delay(
        after attempt: Int, for reason: Reason, fraction: Double, retryAfter: Duration?
    ) -> Duration? {
        guard attempt < self.maximumAttempts else { return nil }
        let base: Duration =
            switch reason {
            case .transient: .milliseconds(50)
            case .throttled: .seconds(1)
            }
        let ceiling = min(base * (1 << min(attempt - 1, 16)), Self.longestDelay)
        let jittered = ceiling * fraction
        guard let retryAfter else { return jittered }
        return min(max(jittered, retryAfter), Self.longestDelay)
    }
}
