/// A list as the service gives it.
public struct OperatorList<Item: Decodable & Sendable>: Decodable, Sendable {
    public let items: [Item]
    public let nextCursor: String?
}

/// A queue, as operators see it.
public struct QueueDocument: Decodable, Sendable {
    public let queue: String
    public let settings: QueueSettingsDocument
    public let depth: DepthDocument
    public let rate: RateDocument
}

/// What holds for a whole queue; nil is no limit.
public struct QueueSettingsDocument: Decodable, Equatable, Sendable {
    /// A token bucket.
    public struct Rate: Decodable, Equatable, Sendable {
        public let perSecond: Double
        public let burst: Int
    }

    public let paused: Bool
    public let runningLimit: Int?
    public let keyLimit: Int?
    public let rate: Rate?
}

/// The rate of a kind, or of a key's jobs, in a queue.
public struct QueueRateDocument: Decodable, Sendable {
    public let kind: String?
    public let key: String?
    public let rate: QueueSettingsDocument.Rate
    /// Attempts that could begin now.
    public let tokens: Double
}

/// How much waits; counts stop at 10,000.
public struct DepthDocument: Decodable, Sendable {
    public let ready: Int
    public let held: Int
    public let later: Int
    public let parked: Int
    public let running: Int
    public let oldestAgeMs: Int?

    /// Of the first in line.
    public var oldestAge: Duration? { self.oldestAgeMs.map { .milliseconds($0) } }
}

/// What ended lately.
public struct RateDocument: Decodable, Sendable {
    public let completedPerSecond: Double
    public let retried: Int
    public let discarded: Int
}

/// The pools of a queue: what was said of them, and what they do.
public struct PoolDocument: Decodable, Sendable {
    /// What an operator said; nil where nothing was.
    public struct Setting: Decodable, Sendable {
        public struct Bounds: Decodable, Sendable {
            public let from: Int
            public let to: Int
        }

        public let node: String?
        public let mode: String?
        public let concurrency: Int?
        public let prefetch: Int?
        public let priorityFloor: Int?
        public let tuning: Bounds?
        public let changedAt: String?
        public let changedBy: String?
    }

    /// One worker's part.
    public struct Load: Decodable, Sendable {
        public let workerId: String
        public let name: String
        public let node: String
        public let mode: String
        public let concurrency: Int
        public let prefetch: Int
        public let running: Int
        public let waiting: Int
    }

    public let queue: String
    public let queueSettings: QueueSettingsDocument
    public let allNodes: Setting?
    public let nodes: [Setting]
    public let workers: [Load]
    public let depth: DepthDocument
}

/// A key's part of a queue.
public struct QueueKeyDocument: Decodable, Sendable {
    public let key: String
    public let weight: Int
    public let cap: Int?
    public let used: Int
    public let held: Int
}

/// A worker that lives.
public struct WorkerDocument: Decodable, Sendable {
    public let workerId: String
    public let name: String
    public let node: String
    public let silenceMs: Int
    public let running: Int
    public let isLeader: Bool
}

/// One change of an operator's, or of the queue's own.
public struct AuditDocument: Decodable, Sendable {
    public let at: String
    public let actor: String
    public let action: String
    public let subject: String
}
