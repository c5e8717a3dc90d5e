public import FoundationEssentials
public import JobLifecycle

/// What `doctor` looks at: whether the queue's statements run as they were meant to, and what would slow them.
public struct QueueHealth: Sendable {
    /// How PostgreSQL runs one of the queue's statements.
    public struct Plan: Sendable {
        /// `claim`, `acknowledge` or `release`.
        public let statement: String
        /// Nodes of the plan from the top, one a line, indented.
        public let nodes: String
        /// Whether every access to a hot table is by its index or by ctid.
        public let isPinned: Bool
    }

    /// One hot table.
    public struct Table: Sendable {
        public let name: String
        public let liveRows: Int
        public let deadRows: Int
        public let bytes: Int64
        public let vacuumedAt: Date?
    }

    /// The session that keeps the oldest snapshot: while it lives, no dead row can be removed.
    public struct Snapshot: Sendable {
        public let pid: Int32
        public let age: Duration
        public let state: String
        public let user: String
        public let application: String
        /// Its first 200 characters.
        public let query: String
        /// Transactions that have begun since.
        public let transactions: Int64
    }

    public let plans: [Plan]
    public let tables: [Table]
    /// Buffers that a claim of one job touches in the deepest queue; grows with dead rows in its way.
    public let walkBuffers: Int
    public let walkQueue: QueueName?
    /// Nil when no snapshot is older than was asked for.
    public let oldestSnapshot: Snapshot?
    /// Numbers of jobs for which partitions are made.
    public let runway: Int64
    public let leader: WorkerID?
    public let workers: Int
    /// Kinds that wait though no worker that lives knows them, counted up to 10,000.
    public let unknownKinds: [JobKind: Int]
    /// Sessions that keep jobs of dead workers locked.
    public let lockedLeases: [LockedLease]
    /// What is wrong, in words and with a stable code; empty when nothing is.
    public internal(set) var problems: [Failure.Problem]
}
