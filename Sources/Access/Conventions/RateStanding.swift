/// Where somebody stands in the policies of one class, after a request was counted.
public struct RateStanding: Equatable, Sendable {
    public struct Window: Equatable, Sendable {
        public let policy: RatePolicy
        /// Requests that still have room.
        public let remaining: Int
        /// Until the window is over and all room is back.
        public let resets: Duration

        public init(policy: RatePolicy, remaining: Int, resets: Duration) {
            self.policy = policy
            self.remaining = remaining
            self.resets = resets
        }

        /// In whole seconds, rounded up, 1 or more: what `t` and `Retry-After` say.
        public var seconds: Int64 {
            let (seconds, attoseconds) = self.resets.components
            return max(1, seconds + (attoseconds > 0 ? 1 : 0))
        }
    }

    public let windows: [Window]
    /// Policies that had no room for the request; empty when it may go on.
    public let violated: [RatePolicy]

    public init(windows: [Window], violated: [RatePolicy]) {
        self.windows = windows
        self.violated = violated
    }

    public var isAllowed: Bool { self.violated.isEmpty }

    /// When asking again makes sense.
    public var retryAfter: Int64 {
        self.windows.filter { self.violated.contains($0.policy) }.map(\.seconds).max() ?? 1
    }

    /// `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
    public var policyHeader: String {
        self.windows.map { "\"\($0.policy.name)\";q=\($0.policy.quota);w=\($0.policy.window.components.seconds)" }
            .joined(separator: ", ")
    }

    /// `RateLimit`: every policy that can refuse, so that none does by surprise.
    public var header: String {
        self.windows.map { "\"\($0.policy.name)\";r=\($0.remaining);t=\($0.seconds)" }.joined(separator: ", ")
    }
}
