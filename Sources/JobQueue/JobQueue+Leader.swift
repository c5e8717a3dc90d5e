import JobLifecycle
import Postgres

extension JobQueue {
    /// The statement by which a worker becomes or stays the leader; a row when it is.
    ///
    /// Two may believe it for a moment, when one's clock stood still: everything a leader does is harmless to do twice.
    static func leading(_ worker: WorkerID, for time: Duration) -> SQL {
        """
        INSERT INTO job_leader AS leader (role, worker, held_until)
        SELECT 'queue', id, clock_timestamp() + \(time.wholeMilliseconds) * interval '1 millisecond'
        FROM job_worker WHERE id = \(worker.rawValue)
        ON CONFLICT (role) DO UPDATE SET worker = EXCLUDED.worker, held_until = EXCLUDED.held_until
        WHERE leader.worker = EXCLUDED.worker OR leader.held_until < clock_timestamp()
           OR NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = leader.worker)
        RETURNING worker
        """
    }

    /// Counts the used slots of keys anew where a limit was changed a few seconds ago: what ended at that very moment may
    /// have been counted twice.
    func recountKeys() async throws(PostgresError) {
        try await self.database.execute(
            """
            WITH stale AS (
                UPDATE job_queue SET recount_at = NULL WHERE recount_at < clock_timestamp() RETURNING id
            )
            SELECT job_recount(id) FROM stale
            """)
    }

    /// Admits held jobs whose key has a free slot: the net under the handing over of slots.
    func admitHeld() async throws(PostgresError) {
        try await self.database.transaction { transaction throws(PostgresError) in
            let rows = try await transaction.rows(
                """
                SELECT share.queue, share.key FROM job_share AS share JOIN job_queue AS queue ON queue.id = share.queue
                WHERE (share.used < coalesce(share.cap, queue.key_limit) OR coalesce(share.cap, queue.key_limit) IS NULL)
                  AND EXISTS (SELECT FROM job_held WHERE job_held.queue = share.queue AND job_held.key = share.key)
                ORDER BY share.queue, share.key LIMIT 1000 FOR NO KEY UPDATE OF share SKIP LOCKED
                """)
            guard !rows.isEmpty else { return }
            let queues: [Int16] = try rows.map { row throws(PostgresError) in try row("queue") }
            let keys: [Int32] = try rows.map { row throws(PostgresError) in try row("key") }
            try await transaction.execute("SELECT job_fill(\(queues)::smallint[], \(keys)::integer[])")
        }
    }
}
