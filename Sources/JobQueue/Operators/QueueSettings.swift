public import JobLifecycle

/// What holds for all of a queue, whoever works on it; nil is no limit.
public struct QueueSettings: Equatable, Sendable {
    /// No job is leased anywhere.
    public var paused: Bool
    /// Attempts at a time in all workers together, 0 to 10,000. Exact; what is prefetched counts.
    public var runningLimit: Int?
    /// Jobs of one key at a time, 1 to 10,000, unless the key has a limit of its own. Exact.
    public var keyLimit: Int?
    public var rate: RateLimit?

    public init(paused: Bool = false, runningLimit: Int? = nil, keyLimit: Int? = nil, rate: RateLimit? = nil) {
        self.paused = paused
        self.runningLimit = runningLimit
        self.keyLimit = keyLimit
        self.rate = rate
    }
}

/// A token bucket: attempts begun in a second in the long run, and at once after a rest.
public struct RateLimit: Equatable, Sendable {
    /// 0.001 to 1,000,000.
    public var perSecond: Double
    /// 1 to 1,000,000.
    public var burst: Int

    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// What an operator changes of ``QueueSettings``.
public struct QueueChange: Sendable {
    public var paused: Bool?
    public var runningLimit: Setting<Int>
    public var keyLimit: Setting<Int>
    public var rate: Setting<RateLimit>

    public init(
        paused: Bool? = nil, runningLimit: Setting<Int> = .keep, keyLimit: Setting<Int> = .keep,
        rate: Setting<RateLimit> = .keep
    ) {
        self.paused = paused
        self.runningLimit = runningLimit
        self.keyLimit = keyLimit
        self.rate = rate
    }

    func applied(to old: QueueSettings) -> QueueSettings {
        QueueSettings(
            paused: self.paused ?? old.paused, runningLimit: self.runningLimit.applied(to: old.runningLimit),
            keyLimit: self.keyLimit.applied(to: old.keyLimit), rate: self.rate.applied(to: old.rate))
    }
}

extension QueueSettings {
    /// What is wrong with it, field by field; empty when nothing is.
    public var problems: [Failure.Problem] {
        var problems: [Failure.Problem] = []
        if let limit = self.runningLimit, !(0...10_000).contains(limit) {
            problems.append(
                .init(code: "out-of-range", path: "running_limit", message: "\(limit) is not between 0 and 10000"))
        }
        if let limit = self.keyLimit, !(1...10_000).contains(limit) {
            problems.append(
                .init(code: "out-of-range", path: "key_limit", message: "\(limit) is not between 1 and 10000"))
        }
        if let rate = self.rate, !(0.001...1_000_000).contains(rate.perSecond) {
            problems.append(
                .init(code: "out-of-range", path: "rate", message: "\(rate.perSecond) is not between 0.001 and 1000000")
            )
        }
        if let rate = self.rate, !(1...1_000_000).contains(rate.burst) {
            problems.append(
                .init(code: "out-of-range", path: "burst", message: "\(rate.burst) is not between 1 and 1000000"))
        }
        return problems
    }
}
