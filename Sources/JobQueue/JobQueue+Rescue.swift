import JobLifecycle
public import Postgres

extension JobQueue {
    /// Takes the jobs of workers that have been silent back, their places kept. The attempt they were in counts.
    ///
    /// Any worker may do this at any time, many at once. What a worker leased though it had been given up is taken, too: a
    /// claim may cross the rescue. What another session has locked is left for the next time: a worker may have been frozen
    /// in the midst of ending a job, or be about to end it; see ``endSessions(ofDeadFor:)``.
    ///
    /// - Returns: how many workers were given up.
    @discardableResult
    public func rescue(silentFor silence: Duration) async throws(PostgresError) -> Int {
        let silent: SQL = "seen < clock_timestamp() - \(silence.wholeMilliseconds) * interval '1 millisecond'"
        return try await self.takeBack(
            workers: silent,
            leases: "NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = job_lease.worker)",
            batches: "NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = job_batch.worker)")
    }

    /// Ends a worker's life, after its last job.
    public func deregister(_ worker: WorkerID) async throws(PostgresError) {
        try await self.takeBack(workers: "id = \(worker.rawValue)", leases: "false", batches: "false")
    }

    /// Takes back what a living worker holds and does not work on: the answer to its claim was lost, or the end of an
    /// attempt could not be written.
    func takeBack(_ leases: [LeaseKey], batches: [Int64], from worker: WorkerID) async throws(PostgresError) {
        try await self.takeBack(
            workers: "false",
            leases: """
                worker = \(worker.rawValue) AND (id, attempt) IN (
                    SELECT * FROM unnest(\(leases.map(\.job.rawValue))::bigint[],
                                         \(leases.map { Int16($0.attempt) })::smallint[]))
                """, batches: "worker = \(worker.rawValue) AND batch = ANY (\(batches)::bigint[])")
    }

    /// - Parameters:
    ///   - workers: a condition on `job_worker`; these are given up.
    ///   - leases: on `job_lease`, beside those of the workers.
    ///   - batches: on `job_batch`.
    @discardableResult
    private func takeBack(workers: SQL, leases: SQL, batches: SQL) async throws(PostgresError) -> Int {
        let row = try await self.database.row(
            """
            WITH silent AS MATERIALIZED (
                SELECT id FROM job_worker WHERE \(workers) ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
            ), dead AS (
                DELETE FROM job_worker WHERE id IN (SELECT id FROM silent) RETURNING id
            ), single AS (
                DELETE FROM job_lease WHERE id = ANY (ARRAY (
                    SELECT id FROM job_lease WHERE worker IN (SELECT id FROM silent) OR (\(leases)) FOR UPDATE SKIP LOCKED))
                RETURNING id, attempt, worker, leased_at
            ), many AS (
                DELETE FROM job_batch WHERE batch = ANY (ARRAY (
                    SELECT batch FROM job_batch WHERE worker IN (SELECT id FROM silent) OR (\(batches))
                    FOR UPDATE SKIP LOCKED))
                RETURNING ids, attempts, worker, leased_at
            ), taken AS (
                SELECT id, attempt, worker, leased_at FROM single
                UNION ALL
                SELECT one.id, one.attempt, many.worker, many.leased_at
                FROM many CROSS JOIN LATERAL unnest(many.ids, many.attempts) AS one (id, attempt)
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
        let dead: Int64 = try row?("workers") ?? 0
        return Int(dead)
    }

    /// Gives jobs back that were leased and never begun; their places are kept, and the attempt does not count.
    func giveBack(_ jobs: [LeasedJob], from worker: WorkerID) async throws(PostgresError) {
        guard !jobs.isEmpty else { return }
        let single = jobs.filter { $0.batch == nil }
        let batched = jobs.filter { $0.batch != nil }
        try await self.database.execute(
            """
            WITH gone AS (
                DELETE FROM job_lease USING unnest(\(single.map(\.id.rawValue))::bigint[],
                                                   \(single.map { Int16($0.attempt) })::smallint[]) AS mine (id, attempt)
                WHERE job_lease.id = mine.id AND job_lease.attempt = mine.attempt
                  AND job_lease.worker + 0 = \(worker.rawValue)
                RETURNING job_lease.id, job_lease.attempt
            ), open AS MATERIALIZED (
                SELECT batch, ids, attempts FROM job_batch
                WHERE batch = ANY (\(Set(batched.compactMap(\.batch)).sorted())::bigint[])
                  AND worker + 0 = \(worker.rawValue)
                ORDER BY batch FOR UPDATE
            ), part AS MATERIALIZED (
                SELECT open.batch, one.id, one.attempt, mine.id IS NOT NULL AS returned
                FROM open CROSS JOIN LATERAL unnest(open.ids, open.attempts) AS one (id, attempt)
                LEFT JOIN unnest(\(batched.map(\.id.rawValue))::bigint[]) AS mine (id) ON mine.id = one.id
            ), left_over AS (
                UPDATE job_batch SET ids = rest.ids, attempts = rest.attempts
                FROM (SELECT batch, coalesce(array_agg(id) FILTER (WHERE NOT returned), '{}') AS ids,
                             coalesce(array_agg(attempt) FILTER (WHERE NOT returned), '{}') AS attempts
                      FROM part GROUP BY batch) AS rest
                WHERE job_batch.batch = rest.batch
            ), back AS (
                INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
                SELECT job.queue, job.priority, coalesce(job.rank, job.id), job.id, returned.attempt - 1, job.traits
                FROM (SELECT id, attempt FROM gone UNION ALL SELECT id, attempt FROM part WHERE part.returned) AS returned
                JOIN job ON job.id = returned.id
                RETURNING queue
            )
            SELECT pg_notify(\(Self.channel), queue::text)
            FROM (SELECT DISTINCT queue FROM back) AS fresh
            WHERE EXISTS (SELECT FROM job_worker WHERE fresh.queue = ANY (sleeping) AND id <> \(worker.rawValue))
            """)
    }

    /// Makes jobs available whose time has come. Any worker may do this at any time, many at once.
    ///
    /// - Returns: how many; at most 1,000.
    @discardableResult
    public func promoteDue() async throws(PostgresError) -> Int {
        let row = try await self.database.row(
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
        let jobs: Int64 = try row?("jobs") ?? 0
        return Int(jobs)
    }
}
