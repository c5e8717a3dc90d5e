/// How long to wait before asking again.
///
/// Full jitter: any time up to a ceiling that doubles, so that many clients do not come back together
/// ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
struct RetryPolicy: Equatable, Sendable {
    /// Requests made in all, the first included.
    let attempts: Int
    /// The ceiling before the second request.
    let base: Duration
    /// The ceiling never grows above.
    let cap: Duration

    /// Before a server ever answered, so that a wrong address is told in seconds.
    static let firstContact = RetryPolicy(attempts: 4, base: .milliseconds(400), cap: .seconds(2))
    /// Once it has: long enough for a restart or another network.
    static let established = RetryPolicy(attempts: 12, base: .milliseconds(500), cap: .seconds(30))

    /// Longest wait that a server can ask for.
    static let longestRetryAfter = Duration.seconds(120)

    /// - Parameters:
    ///   - failures: requests that failed so far, at least 1.
    ///   - retryAfter: what the server asked for.
    /// - Returns: nil when it is time to give up.
    func delay(
        after failures: Int, retryAfter: Duration?, using random: inout some RandomNumberGenerator
    ) -> Duration? {
        guard failures < self.attempts else { return nil }
        let ceiling = min(self.cap, self.base * Double(1 << min(failures - 1, 20)))
        let jitter = ceiling * Double.random(in: 0...1, using: &random)
        guard let retryAfter else { return jitter }
        return min(retryAfter, Self.longestRetryAfter) + min(jitter, .seconds(1))
    }

    /// Whether the same request may succeed later.
    static func isPassing(status: Int) -> Bool {
        switch status {
        case 408, 425, 429, 500, 502, 503, 504: true
        default: false
        }
    }
}
