public import Content
public import FoundationEssentials
public import JobLifecycle
public import Postgres

extension JobQueue {
    /// - Parameter developer: nil for operators; a company sees its own jobs only.
    /// - Returns: nil when there is no such job, or it is another company's.
    public func status(of job: JobID, developer: DeveloperID?) async throws -> JobStatus? {
        let rows = try await self.database.rows(
            """
            SELECT \(Self.statusColumns) FROM job_status
            WHERE id = \(job) AND (\(developer)::uuid IS NULL OR developer_id = \(developer)::uuid)
            """)
        return try rows.first.map(JobStatus.init)
    }

    /// Every job of one run, oldest first.
    public func list(scope: UUID, in executor: some SQLExecutor) async throws -> [JobStatus] {
        try await executor.rows(
            """
            SELECT \(Self.statusColumns) FROM job_status WHERE scope = \(scope) ORDER BY id LIMIT 100000
            """
        ).map(JobStatus.init)
    }

    /// One page of jobs, newest first.
    ///
    /// - Parameters:
    ///   - developer: nil for operators.
    ///   - last: the last job of the page before.
    ///   - limit: 1 to 200.
    public func list(
        developer: DeveloperID?, scope: UUID?, state: JobState?, before last: JobID?, limit: Int
    ) async throws -> [JobStatus] {
        try await self.database.rows(
            """
            SELECT \(Self.statusColumns) FROM job_status
            WHERE (\(developer)::uuid IS NULL OR developer_id = \(developer)::uuid)
              AND (\(scope)::uuid IS NULL OR scope = \(scope)::uuid)
              AND (\(state?.rawValue)::text IS NULL OR state = \(state?.rawValue)::text)
              AND (\(last?.rawValue)::bigint IS NULL OR id < \(last?.rawValue)::bigint)
            ORDER BY id DESC LIMIT \(Int64(min(max(limit, 1), 200)))
            """
        ).map(JobStatus.init)
    }

    /// Due jobs and the age of the oldest, for each queue.
    public func depths() async throws(PostgresError) -> [QueueDepth] {
        try await self.database.rows(
            """
            SELECT queue.name, queue.paused, queue.slots, ready.jobs AS ready, ready.oldest, lease.jobs AS running
            FROM job_queue AS queue
            CROSS JOIN LATERAL (
                SELECT count(*) AS jobs,
                       (extract(epoch FROM clock_timestamp() - min(job.created_at)) * 1000)::bigint AS oldest
                FROM (SELECT id FROM job_ready WHERE queue = queue.id ORDER BY priority, id LIMIT 10000) AS due
                JOIN job ON job.id = due.id
            ) AS ready
            CROSS JOIN LATERAL (SELECT count(*) AS jobs FROM job_lease WHERE job_lease.queue = queue.id) AS lease
            ORDER BY queue.id
            """
        ).map { row throws(PostgresError) in try QueueDepth(row) }
    }

    private static let statusColumns: SQL = """
        id, queue, kind, priority, max_attempts, scope, developer_id, created_at, state, attempt, worker, leased_at,
        deadline_at, run_at, missing, finished_at, last_started_at, failure::text AS failure,
        bytes_done, bytes_total, items_done, items_total
        """
}

/// How much waits in one queue.
public struct QueueDepth: Sendable {
    public let queue: QueueName
    public let paused: Bool
    /// Attempts at a time in each worker, if an operator set it.
    public let slots: Int?
    /// Due jobs, counted up to 10,000.
    public let ready: Int
    public let running: Int
    /// How long the oldest of them has existed; nil when none is due.
    public let oldest: Duration?

    init(_ row: Row) throws(PostgresError) {
        let ready: Int64 = try row("ready")
        let running: Int64 = try row("running")
        let slots: Int32? = try row("slots")
        let oldest: Int64? = try row("oldest")
        self.queue = QueueName(rawValue: try row("name"))
        self.paused = try row("paused")
        self.slots = slots.map(Int.init)
        self.ready = Int(ready)
        self.running = Int(running)
        self.oldest = oldest.map { .milliseconds($0) }
    }
}
