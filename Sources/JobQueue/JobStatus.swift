public import Content
public import FoundationEssentials
public import JobLifecycle
import Postgres

/// Everything there is to know of one job at one moment.
public struct JobStatus: Sendable {
    public let id: JobID
    public let queue: QueueName
    public let kind: JobKind
    public let state: JobState
    /// Attempts begun so far; the current one counts.
    public let attempt: Int
    public let maxAttempts: Int
    public let priority: Int
    public let scope: UUID?
    public let developer: DeveloperID?
    public let createdAt: Date
    /// When the latest attempt began.
    public let startedAt: Date?
    public let finishedAt: Date?
    /// When the current attempt fails for taking too long.
    public let deadlineAt: Date?
    /// When it is due, if it waits for a time.
    public let runAt: Date?
    /// How many jobs it waits for.
    public let missing: Int?
    /// Whether it is due, but waits for a free slot of its key.
    public let isHeld: Bool
    public let key: String?
    public let worker: WorkerID?
    public let bytesDone: Int64
    public let bytesTotal: Int64
    public let itemsDone: Int64
    public let itemsTotal: Int64
    /// Why the latest attempt failed.
    public let failure: Failure?

    init(_ row: Row) throws {
        let id: Int64 = try row("id")
        let state: String = try row("state")
        guard let state = JobState(rawValue: state) else {
            throw PostgresError.decoding(column: "state", expected: "a job's state", got: state)
        }
        let attempt: Int16 = try row("attempt")
        let maxAttempts: Int16 = try row("max_attempts")
        let priority: Int16 = try row("priority")
        let developer: UUID? = try row("developer_id")
        let leasedAt: Date? = try row("leased_at")
        let lastStartedAt: Date? = try row("last_started_at")
        let missing: Int32? = try row("missing")
        let worker: Int32? = try row("worker")
        let failure: String? = try row("failure")
        self.id = JobID(rawValue: id)
        self.queue = QueueName(rawValue: try row("queue"))
        self.kind = JobKind(rawValue: try row("kind"))
        self.state = state
        self.attempt = Int(attempt)
        self.maxAttempts = Int(maxAttempts)
        self.priority = Int(priority)
        self.scope = try row("scope")
        self.developer = developer.map(DeveloperID.init)
        self.createdAt = try row("created_at")
        self.startedAt = leasedAt ?? lastStartedAt
        self.finishedAt = try row("finished_at")
        self.deadlineAt = try row("deadline_at")
        self.runAt = try row("run_at")
        self.missing = missing.map(Int.init)
        self.isHeld = try row("held")
        self.key = try row("key")
        self.worker = worker.map(WorkerID.init)
        self.bytesDone = try row("bytes_done") ?? 0
        self.bytesTotal = try row("bytes_total") ?? 0
        self.itemsDone = try row("items_done") ?? 0
        self.itemsTotal = try row("items_total") ?? 0
        self.failure = try failure.map { try JSONDecoder().decode(Failure.self, from: Data($0.utf8)) }
    }
}
