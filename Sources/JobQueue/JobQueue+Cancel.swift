public import FoundationEssentials
public import JobLifecycle
public import Postgres

extension JobQueue {
    /// Cancels every live job of a scope but one, waiting or running.
    ///
    /// A running one loses its lease now, so nothing it still writes counts; its worker stops it within a heartbeat.
    ///
    /// - Parameter survivor: the job on whose behalf the others are cancelled, if any.
    /// - Returns: how many were cancelled.
    @discardableResult
    public func cancel(
        scope: UUID, except survivor: JobID?, because failure: Failure, in executor: some SQLExecutor
    ) async throws -> Int {
        let rows = try await executor.rows(
            """
            SELECT id FROM job
            WHERE scope = \(scope) AND id IS DISTINCT FROM \(survivor?.rawValue)
            ORDER BY id
            """)
        let ids: [Int64] = try rows.map { row throws(PostgresError) in try row("id") }
        return try await self.cancel(ids, because: failure, in: executor)
    }

    /// Cancels one job, waiting or running; false when it had ended.
    public func cancel(_ job: JobID, because failure: Failure) async throws -> Bool {
        try await self.database.transaction { transaction in
            guard try await self.cancel([job.rawValue], because: failure, in: transaction) == 1 else { return false }
            try await self.followers(of: job, parentCompleted: false, in: transaction)
            return true
        }
    }

    private func cancel(_ ids: [Int64], because failure: Failure, in executor: some SQLExecutor) async throws -> Int {
        let reason = String(decoding: try JSONEncoder.failures.encode(failure), as: UTF8.self)
        return try await executor.execute(
            """
            WITH body AS (
                SELECT id, queue, priority FROM job WHERE id = ANY (\(ids)::bigint[])
            ), ready AS (
                DELETE FROM job_ready USING body
                WHERE job_ready.queue = body.queue AND job_ready.priority = body.priority AND job_ready.id = body.id
                RETURNING job_ready.id, job_ready.attempt
            ), later AS (
                DELETE FROM job_later WHERE id = ANY (\(ids)::bigint[]) RETURNING id, attempt
            ), parked AS (
                DELETE FROM job_parked WHERE id = ANY (\(ids)::bigint[]) RETURNING id, 0::smallint AS attempt
            ), leased AS (
                DELETE FROM job_lease WHERE id = ANY (\(ids)::bigint[]) RETURNING id, attempt, worker, leased_at
            ), gone AS (
                SELECT id, attempt, NULL::integer AS worker, NULL::timestamptz AS leased_at FROM ready
                UNION ALL SELECT id, attempt, NULL, NULL FROM later
                UNION ALL SELECT id, attempt, NULL, NULL FROM parked
                UNION ALL SELECT id, attempt, worker, leased_at FROM leased
            ), freed AS (
                DELETE FROM job_unique WHERE id IN (SELECT id FROM gone)
            ), cut AS (
                DELETE FROM job_edge WHERE child IN (SELECT id FROM gone)
            )
            INSERT INTO job_outcome (id, attempt, state, final, worker, started_at, failure)
            SELECT id, attempt, 'cancelled', true, worker, leased_at, \(reason)::jsonb FROM gone
            """)
    }

    /// Makes a discarded or cancelled job available again, with all its attempts; false when it is not one.
    public func retry(_ job: JobID) async throws -> Bool {
        try await self.database.transaction { transaction in
            let rows = try await transaction.rows(
                """
                SELECT queue.id AS queue, status.priority
                FROM job_status AS status JOIN job_queue AS queue ON queue.name = status.queue
                WHERE status.id = \(job) AND status.state IN ('discarded', 'cancelled')
                """)
            guard let row = rows.first else { return false }
            let queue: Int16 = try row("queue")
            let priority: Int16 = try row("priority")
            // The primary key lets only one of two racing retries through.
            return try await transaction.execute(
                """
                INSERT INTO job_ready (queue, priority, id) VALUES (\(queue), \(priority), \(job))
                ON CONFLICT DO NOTHING
                """) == 1
        }
    }
}
