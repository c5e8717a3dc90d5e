/// Moves slots between the pools of one worker, by what is measured, within the operator's bounds.
///
/// A pool that has work waiting is given a slot while the machine has room to spare. When it has none, a slot is taken from
/// the pool that makes the least use of its own and given to the one that is furthest behind. One move at a time, and a rest
/// after each, so that its effect is seen before the next: a step response, not an oscillation.
public struct SlotTuner: Sendable {
    /// What was measured since the last look.
    public struct Reading: Equatable, Sendable {
        public var slots: Int
        /// The operator's; nil: the pool is not touched.
        public var bounds: ClosedRange<Int>?
        /// Slots in use, on average.
        public var busy: Double
        /// How long the first job in line has waited.
        public var lag: Duration

        public init(slots: Int, bounds: ClosedRange<Int>?, busy: Double, lag: Duration) {
            self.slots = slots
            self.bounds = bounds
            self.busy = busy
            self.lag = lag
        }
    }

    /// One change of one pool.
    public struct Move: Equatable, Sendable {
        public let queue: QueueName
        public let from: Int
        public let to: Int
        /// For the operator who asks why.
        public let reason: String
    }

    /// Above this share of the processors the machine has no room.
    public static let fullMachine = 0.85
    /// Above this share of the time the disk has no room.
    public static let fullDisk = 0.85
    /// A queue whose first job has waited less is not behind.
    public static let noticeableLag = Duration.seconds(2)
    public static let rest = Duration.seconds(10)

    private var latest: Duration?

    public init() {}

    /// - Parameters:
    ///   - processors: share in use, 0 to 1.
    ///   - disk: share of the time it was busy, 0 to 1.
    ///   - now: of any clock that only moves on.
    /// - Returns: moves to make now, at most two (a slot that changes hands).
    public mutating func moves(
        _ pools: [QueueName: Reading], processors: Double, disk: Double, at now: Duration
    ) -> [Move] {
        let tunable = pools.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { queue, reading in
            reading.bounds.map { (queue, reading, $0) }
        }
        // The operator's word waits for nothing.
        if let moves = Self.backWithinBounds(tunable) { return moves }
        if let latest = self.latest, now - latest < Self.rest { return [] }
        let moves = Self.relief(tunable, processors: processors, disk: disk)
        if !moves.isEmpty { self.latest = now }
        return moves
    }

    private typealias Pool = (queue: QueueName, reading: Reading, bounds: ClosedRange<Int>)

    /// Bounds that were narrowed come first.
    private static func backWithinBounds(_ pools: [Pool]) -> [Move]? {
        for (queue, reading, bounds) in pools where !bounds.contains(reading.slots) {
            let to = min(max(reading.slots, bounds.lowerBound), bounds.upperBound)
            return [
                Move(
                    queue: queue, from: reading.slots, to: to,
                    reason: "the operator allows \(bounds.lowerBound) to \(bounds.upperBound) slots")
            ]
        }
        return nil
    }

    private static func relief(_ pools: [Pool], processors: Double, disk: Double) -> [Move] {
        let behind = pools.filter {
            $0.reading.lag >= Self.noticeableLag && $0.reading.busy >= Double($0.reading.slots) * 0.9
        }
        let needy = behind.filter { $0.reading.slots < $0.bounds.upperBound }.max { $0.reading.lag < $1.reading.lag }
        let isFull = processors >= Self.fullMachine || disk >= Self.fullDisk
        let load = "processors \(Self.percent(processors)) busy, disk \(Self.percent(disk))"
        guard let needy else {
            // Nobody waits: an overloaded machine gives a slot back.
            guard isFull, behind.isEmpty, let idle = Self.idlest(pools, except: nil) else { return [] }
            return [Self.move(idle, by: -1, "nothing waits, and \(load)")]
        }
        let lag = "its first job has waited \(needy.reading.lag.components.seconds) s"
        guard isFull else { return [Self.move(needy, by: 1, "\(lag), and there is room: \(load)")] }
        guard let donor = Self.idlest(pools, except: needy.queue) else { return [] }
        return [
            Self.move(donor, by: -1, "\(needy.queue) is further behind, and there is no room: \(load)"),
            Self.move(needy, by: 1, "\(lag); the slot comes from \(donor.queue), as there is no room: \(load)"),
        ]
    }

    /// The pool that makes the least use of its slots, is not behind itself, and may lose one.
    private static func idlest(_ pools: [Pool], except queue: QueueName?) -> Pool? {
        pools.filter {
            $0.queue != queue && $0.reading.slots > $0.bounds.lowerBound && $0.reading.lag < Self.noticeableLag
                && Double($0.reading.slots) - $0.reading.busy >= 0.5
        }.min { $0.reading.busy / Double($0.reading.slots) < $1.reading.busy / Double($1.reading.slots) }
    }

    private static func move(_ pool: Pool, by step: Int, _ reason: String) -> Move {
        Move(queue: pool.queue, from: pool.reading.slots, to: pool.reading.slots + step, reason: reason)
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
