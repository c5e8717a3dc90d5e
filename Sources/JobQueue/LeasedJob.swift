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
        self.id = JobID(rawValue: try row.integer(at: 0))
        self.attempt = Int(try row.integer(at: 1))
        self.worker = worker
        self.queue = queue
        self.priority = Int(try row.integer(at: 2))
        self.rank = try row.integer(at: 3)
        self.kind = JobKind(rawValue: try row.text(at: 4))
        self.payload = try row.text(at: 5)
        self.maxAttempts = Int(try row.integer(at: 6))
        self.timeout = .milliseconds(try row.integer(at: 7))
        self.traits = JobTraits(rawValue: Int16(truncatingIfNeeded: try row.integer(at: 8)))
        self.age = .milliseconds(try row.integer(at: 9))
        self.batch = try row.optionalInteger(at: 10)
        self.key = try row.optionalInteger(at: 11).map(Int32.init(truncatingIfNeeded:))
        self.scope = row.isNull(at: 12) ? nil : try row.decode(at: 12)
        self.developer = row.isNull(at: 13) ? nil : DeveloperID(try row.decode(at: 13, as: UUID.self))
    }

    /// What a claim returns of a job, `taken` being its row of `job_ready`; and last, how many rows were taken.
    static let columns: SQL = """
        job.id, taken.attempt + 1, job.priority, coalesce(job.rank, job.id), job.kind, job.payload,
        job.max_attempts, job.timeout, job.traits,
        (date_part('epoch', clock_timestamp() - job.created_at) * 1000)::bigint,
        CASE WHEN job.traits & 1 = 1 THEN (SELECT batch FROM batched) END, job.key, job.scope, job.developer_id,
        (SELECT count(*) FROM taken)
        """

    /// Where ``columns`` has how many rows were taken.
    static let rowsColumn = 14
}
