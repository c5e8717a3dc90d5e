public import Postgres

extension JobQueue {
    /// Takes the jobs of workers that have been silent back, their places kept. The attempt they were in counts.
    ///
    /// Any worker may do this at any time, many at once.
    ///
    /// - Returns: how many workers were given up.
    @discardableResult
    public func rescue(silentFor silence: Duration) async throws(PostgresError) -> Int {
        try await self.rescue(
            from: "seen < clock_timestamp() - \(silence.wholeMilliseconds) * interval '1 millisecond'")
    }

    /// Also takes back what a worker leased though it had been given up: a claim may cross the rescue.
    @discardableResult
    func rescue(from condition: SQL) async throws(PostgresError) -> Int {
        let rows = try await self.database.rows(
            """
            WITH silent AS MATERIALIZED (
                SELECT id FROM job_worker WHERE \(condition) ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
            ), dead AS (
                DELETE FROM job_worker WHERE id IN (SELECT id FROM silent) RETURNING id
            ), leased AS (
                DELETE FROM job_lease
                WHERE worker IN (SELECT id FROM silent)
                   OR NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = job_lease.worker)
                RETURNING id, attempt, worker, leased_at
            ), batches AS (
                DELETE FROM job_batch
                WHERE worker IN (SELECT id FROM silent)
                   OR NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = job_batch.worker)
                RETURNING ids, attempts, worker, leased_at
            ), taken AS (
                SELECT id, attempt, worker, leased_at FROM leased
                UNION ALL
                SELECT one.id, one.attempt, batches.worker, batches.leased_at
                FROM batches CROSS JOIN LATERAL unnest(batches.ids, batches.attempts) AS one (id, attempt)
            ), back AS (
                INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
                SELECT job.queue, job.priority, coalesce(job.rank, job.id), job.id, taken.attempt, job.traits
                FROM taken JOIN job ON job.id = taken.id
                RETURNING queue
            ), recorded AS (
                INSERT INTO job_outcome (id, attempt, state, final, worker, started_at)
                SELECT id, attempt, 'rescued', false, worker, leased_at FROM taken
            ), woken AS (
                SELECT pg_notify(\(Self.channel), queue::text) FROM (SELECT DISTINCT queue FROM back) AS fresh
            )
            SELECT (SELECT count(*) FROM dead) AS workers, (SELECT count(*) FROM woken) AS woken
            """)
        guard let row = rows.first else { return 0 }
        let workers: Int64 = try row("workers")
        return Int(workers)
    }

    /// Makes jobs available whose time has come. Any worker may do this at any time, many at once.
    ///
    /// - Returns: how many; at most 1,000.
    @discardableResult
    public func promoteDue() async throws(PostgresError) -> Int {
        let rows = try await self.database.rows(
            """
            WITH due AS MATERIALIZED (
                SELECT ctid FROM job_later WHERE run_at <= clock_timestamp()
                ORDER BY run_at, id LIMIT 1000 FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM job_later WHERE ctid = ANY (ARRAY (SELECT ctid FROM due))
                RETURNING id, attempt
            )
            SELECT count(*) AS jobs, job_arrive(array_agg(id), array_agg(attempt)) AS admitted
            FROM taken HAVING count(*) > 0
            """)
        guard let row = rows.first else { return 0 }
        let jobs: Int64 = try row("jobs")
        return Int(jobs)
    }
}
