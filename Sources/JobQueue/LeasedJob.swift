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
    /// Of the request that caused it, in the end.
    public let trace: String?
    /// How long after it was enqueued this attempt was leased.
    public let age: Duration
    let queue: Int16
    let rank: Int64
    let key: Int32?
    let traits: JobTraits
    /// The lease it shares with others.
    let batch: Int64?

    /// Columns in the order of ``columns``.
    init(_ row: Row, worker: WorkerID, queue: Int16) throws(PostgresError) {
        self.id = JobID(rawValue: try row.decode(at: 0))
        self.attempt = Int(try row.decode(at: 1, as: Int16.self))
        self.worker = worker
        self.queue = queue
        self.priority = Int(try row.decode(at: 2, as: Int16.self))
        self.rank = try row.decode(at: 3)
        self.kind = JobKind(rawValue: try row.decode(at: 4))
        self.payload = try row.decode(at: 5)
        self.maxAttempts = Int(try row.decode(at: 6, as: Int16.self))
        self.timeout = .milliseconds(try row.decode(at: 7, as: Int32.self))
        self.traits = JobTraits(rawValue: try row.decode(at: 8))
        self.age = .milliseconds(try row.decode(at: 9, as: Int64.self))
        self.batch = try row.decode(at: 10)
        self.key = try row.decode(at: 11)
        self.scope = try row.decode(at: 12)
        self.developer = try row.decode(at: 13, as: UUID?.self).map(DeveloperID.init)
        self.trace = try row.decode(at: 14)
    }

    /// What a claim returns of a job, `taken` being its row of `job_ready`.
    static let columns: SQL = """
        job.id, (taken.attempt + 1)::smallint, taken.priority, taken.rank, job.kind, job.payload::text,
        job.max_attempts, job.timeout, job.traits,
        (extract(epoch FROM clock_timestamp() - job.created_at) * 1000)::bigint,
        CASE WHEN job.traits & 1 = 1 THEN (SELECT batch FROM batched) END, job.key, job.scope, job.developer_id,
        job.traceparent
        """
}
