/// Keeps retries from multiplying the load on a store that is down: when too many fail, the rest fail at once.
///
/// A token bucket with the numbers of the AWS SDKs' standard retry mode (2026): 500 tokens, 14 a transient retry, 5 a
/// throttled one; a success gives back what its retries took, or one.
struct RetryBudget: Equatable, Sendable {
    static let capacity = 500

    private(set) var tokens = Self.capacity

    static func cost(_ reason: RetryPolicy.Reason) -> Int {
        switch reason {
        case .transient: 14
        case .throttled: 5
        }
    }

    /// - Returns: false when the bucket is too empty; nothing is taken then.
    mutating func take(for reason: RetryPolicy.Reason) -> Bool {
        let cost = Self.cost(reason)
        guard self.tokens >= cost else { return false }
        self.tokens -= cost
        return true
    }

    /// - Parameter taken: what the retries of the request that succeeded took.
    mutating func succeed(taken: Int) { self.tokens = min(Self.capacity, self.tokens + max(1, taken)) }
}
