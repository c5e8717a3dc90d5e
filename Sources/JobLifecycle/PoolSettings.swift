/// Whether a pool takes jobs.
public enum PoolMode: String, Codable, CaseIterable, Sendable {
    case working
    /// Takes none; what runs goes on, what was prefetched is given back.
    case paused
    /// As ``paused``; attempts that still run after the worker's grace period are cancelled and given back.
    case draining
}

/// How one pool works, as far as somebody says so; nil leaves it to whoever is asked next.
///
/// Three say: the operator for one node, the operator for all nodes, the worker's own configuration.
public struct PoolSettings: Equatable, Sendable {
    public var mode: PoolMode?
    /// Attempts at a time, 0 to 10,000.
    public var slots: Int?
    /// Jobs leased ahead of a free slot, 0 to 10,000.
    public var prefetch: Int?
    /// The largest priority number it takes; jobs less urgent are left alone.
    public var leastUrgent: Int?
    /// Self-tuning may move ``slots`` within these bounds, and only there; nil: it may not.
    public var tuning: ClosedRange<Int>?

    public static let slotBounds = 0...10_000

    public init(
        mode: PoolMode? = nil, slots: Int? = nil, prefetch: Int? = nil, leastUrgent: Int? = nil,
        tuning: ClosedRange<Int>? = nil
    ) {
        self.mode = mode
        self.slots = slots
        self.prefetch = prefetch
        self.leastUrgent = leastUrgent
        self.tuning = tuning
    }

    /// What holds when the other is asked wherever this one says nothing.
    public func falling(backTo other: PoolSettings) -> PoolSettings {
        PoolSettings(
            mode: self.mode ?? other.mode, slots: self.slots ?? other.slots, prefetch: self.prefetch ?? other.prefetch,
            leastUrgent: self.leastUrgent ?? other.leastUrgent, tuning: self.tuning ?? other.tuning)
    }

    /// What is wrong with it, field by field; empty when nothing is.
    public var problems: [Failure.Problem] {
        var problems: [Failure.Problem] = []
        func check(_ field: String, _ value: Int?, _ bounds: ClosedRange<Int>) {
            guard let value, !bounds.contains(value) else { return }
            problems.append(
                Failure.Problem(
                    code: "out-of-range", path: field,
                    message: "\(value) is not between \(bounds.lowerBound) and \(bounds.upperBound)"))
        }
        check("slots", self.slots, Self.slotBounds)
        check("prefetch", self.prefetch, Self.slotBounds)
        check("least_urgent", self.leastUrgent, Int(Int16.min)...Int(Int16.max))
        check("tuning", self.tuning?.lowerBound, Self.slotBounds)
        check("tuning", self.tuning?.upperBound, Self.slotBounds)
        return problems
    }
}
