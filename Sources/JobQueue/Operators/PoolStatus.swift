public import FoundationEssentials
public import JobLifecycle

/// One setting of an operator that stands, and the loads it governs.
public struct PoolStatus: Sendable {
    public let queue: QueueName
    /// Nil: on all nodes.
    public let node: String?
    public let settings: PoolSettings
    /// Nil where no operator has said anything.
    public let changedAt: Date?
    public let changedBy: String?
}

/// What one pool of one worker said of itself with its latest heartbeat.
public struct PoolLoad: Equatable, Codable, Sendable {
    /// The settings in effect, all three voices heard.
    public var mode: PoolMode
    public var slots: Int
    public var prefetch: Int
    public var running: Int
    /// Leased, and waiting for a slot.
    public var waiting: Int
    /// How long a commit takes here, as the pool measures it; nil until it has.
    public var commitMicroseconds: Int?
    /// Whether it acknowledges and claims in one commit.
    public var joinsCommits: Bool?

    public init(
        mode: PoolMode, slots: Int, prefetch: Int, running: Int, waiting: Int, commitMicroseconds: Int? = nil,
        joinsCommits: Bool? = nil
    ) {
        self.mode = mode
        self.slots = slots
        self.prefetch = prefetch
        self.running = running
        self.waiting = waiting
        self.commitMicroseconds = commitMicroseconds
        self.joinsCommits = joinsCommits
    }
}

/// One life of one worker process.
public struct WorkerStatus: Sendable {
    public let id: WorkerID
    public let name: String
    public let node: String
    public let startedAt: Date
    /// Its latest heartbeat, by the database's clock.
    public let seenAt: Date
    /// How long it has been silent; beyond a few seconds it is given up.
    public let silence: Duration
    public let pools: [QueueName: PoolLoad]
    /// Attempts it holds, by the database's word.
    public let leases: Int
    public let isLeader: Bool
}
