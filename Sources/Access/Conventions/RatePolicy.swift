/// How many requests a window of time has room for.
public struct RatePolicy: Hashable, Sendable {
    /// As the headers name it; unique.
    public let name: String
    /// 1 or more.
    public let quota: Int
    /// Whole seconds, 1 or more.
    public let window: Duration

    public init(name: String, quota: Int, window: Duration) {
        precondition(quota >= 1 && window >= .seconds(1), "a policy has room for something, for some time")
        self.name = name
        self.quota = quota
        self.window = window
    }
}

/// The policies of each class: what can refuse a request, and what the headers tell of it.
public struct RatePolicies: Sendable {
    private var policies: [RateClass: [RatePolicy]]

    public init(_ policies: [RateClass: [RatePolicy]]) { self.policies = policies }

    public subscript(rateClass: RateClass) -> [RatePolicy] { self.policies[rateClass] ?? [] }

    /// For people and their CI: far above what either does, far below what hurts.
    public static let standard = RatePolicies([
        .read: Self.pair("read", burst: 1000, hour: 60_000), .write: Self.pair("write", burst: 300, hour: 10_000),
        .uploads: Self.pair("uploads", burst: 1000, hour: 60_000),
        .authentication: Self.pair("authentication", burst: 30, hour: 300),
    ])

    /// A window of 10 s and one of an hour.
    public static func pair(_ name: String, burst: Int, hour: Int) -> [RatePolicy] {
        [
            RatePolicy(name: "\(name)-burst", quota: burst, window: .seconds(10)),
            RatePolicy(name: "\(name)-hour", quota: hour, window: .seconds(3600)),
        ]
    }
}
