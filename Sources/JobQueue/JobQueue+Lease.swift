public import JobLifecycle
public import Postgres

extension JobQueue {
    /// Leases the most urgent due jobs of one queue to one worker.
    ///
    /// Rows that another worker is leasing at this moment are skipped, not waited for, so callers never queue behind each
    /// other.
    ///
    /// - Parameter limit: at least 1.
    /// - Returns: at most `limit` jobs, most urgent first; empty when nothing is due or the queue is paused.
    /// - Throws: ``PostgresError``. No job is leased then, or the lease is rescued with the worker.
    public func lease(
        _ limit: Int, from queue: QueueName, to worker: WorkerID
    ) async throws(PostgresError) -> [LeasedJob] {
        precondition(limit >= 1, "a lease is for one job or more")
        let number = try await self.number(of: queue)
        // The CTE is the fence that keeps the planner from running the LIMIT more than once; the rows are locked, so
        // their ctids stand still, and a Tid Scan finds them again whatever the statistics say.
        let rows = try await self.database.rows(
            """
            WITH due AS MATERIALIZED (
                SELECT ctid FROM job_ready
                WHERE queue = \(number) AND NOT (SELECT paused FROM job_queue WHERE id = \(number))
                ORDER BY priority, id
                LIMIT \(Int64(limit))
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM job_ready WHERE ctid = ANY (ARRAY (SELECT ctid FROM due))
                RETURNING id, queue, priority, attempt
            ), leased AS (
                INSERT INTO job_lease (id, attempt, worker, queue, priority)
                SELECT id, attempt + 1, \(worker.rawValue), queue, priority FROM taken
                RETURNING id, attempt, queue, priority
            )
            SELECT leased.id, leased.attempt, leased.queue, leased.priority, job.kind, job.payload::text AS payload,
                   job.max_attempts, (extract(epoch FROM job.timeout) * 1000)::bigint AS timeout,
                   job.scope, job.developer_id
            FROM leased JOIN job ON job.id = leased.id
            ORDER BY leased.priority, leased.id
            """)
        return try rows.map { row throws(PostgresError) in try LeasedJob(row, worker: worker) }
    }
}
