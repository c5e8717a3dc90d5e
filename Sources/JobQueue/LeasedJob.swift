public import Content
public import FoundationEssentials
public import JobLifecycle
import Postgres

/// A job that one worker holds for one attempt.
///
/// The three numbers `id`, `attempt` and `worker` are the fence: whatever the attempt writes about the job is written
/// only while a lease with just these numbers stands.
public struct LeasedJob: Sendable {
    public let id: JobID
    public let attempt: Int
    public let worker: WorkerID
    public let kind: JobKind
    public let payload: String
    public let priority: Int
    public let maxAttempts: Int
    public let timeout: Duration
    public let scope: UUID?
    public let developer: DeveloperID?
    let queue: Int16

    init(_ row: Row, worker: WorkerID) throws(PostgresError) {
        let attempt: Int16 = try row("attempt")
        let priority: Int16 = try row("priority")
        let maxAttempts: Int16 = try row("max_attempts")
        let timeout: Int64 = try row("timeout")
        let id: Int64 = try row("id")
        self.id = JobID(rawValue: id)
        self.attempt = Int(attempt)
        self.worker = worker
        self.kind = JobKind(rawValue: try row("kind"))
        self.payload = try row("payload")
        self.priority = Int(priority)
        self.maxAttempts = Int(maxAttempts)
        self.timeout = .milliseconds(timeout)
        self.scope = try row("scope")
        let developer: UUID? = try row("developer_id")
        self.developer = developer.map(DeveloperID.init)
        self.queue = try row("queue")
    }
}

/// One life of a worker process: an epoch that is never used again.
public struct WorkerID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    public var description: String { "\(self.rawValue)" }
}
