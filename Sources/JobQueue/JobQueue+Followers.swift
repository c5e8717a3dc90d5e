import Postgres

extension JobQueue {
    /// Tells the jobs that waited for one that it has ended.
    ///
    /// A follower whose last parent this was becomes available, in the same transaction. When the parent did not complete,
    /// followers that needed it to are cancelled, and theirs in turn.
    func followers(of parent: JobID, parentCompleted: Bool, in transaction: Transaction) async throws(PostgresError) {
        try await self.countDown(after: parent, tolerantOnly: !parentCompleted, in: transaction)
        guard !parentCompleted else { return }
        var lost = [parent.rawValue]
        // Each round cancels one generation; a graph has no cycle, so the rounds end.
        while !lost.isEmpty {
            let rows = try await transaction.rows(
                """
                WITH cut AS (
                    DELETE FROM job_edge WHERE parent = ANY (\(lost)::bigint[]) AND NOT tolerant
                    RETURNING child
                ), dropped AS (
                    DELETE FROM job_parked WHERE id IN (SELECT child FROM cut)
                    RETURNING id
                ), recorded AS (
                    INSERT INTO job_outcome (id, attempt, state, final, failure)
                    SELECT id, 0, 'cancelled', true,
                           jsonb_build_object('code', 'parent-failed', 'retryable', false,
                                              'message', 'job ' || \(parent.description) || ', which it waited for, failed')
                    FROM dropped
                ), freed AS (
                    DELETE FROM job_unique WHERE id IN (SELECT id FROM dropped)
                )
                SELECT id FROM dropped ORDER BY id
                """)
            lost = try rows.map { row throws(PostgresError) in try row("id") }
            for id in lost {
                try await self.countDown(after: JobID(rawValue: id), tolerantOnly: true, in: transaction)
            }
        }
    }

    private func countDown(
        after parent: JobID, tolerantOnly: Bool, in transaction: Transaction
    ) async throws(PostgresError) {
        // The update takes each follower's row lock, so parents that end at the same time count down one after another
        // and exactly one of them sees zero.
        let rows = try await transaction.rows(
            """
            WITH cut AS (
                DELETE FROM job_edge WHERE parent = \(parent) AND (tolerant OR NOT \(tolerantOnly))
                RETURNING child
            ), counted AS (
                UPDATE job_parked SET missing = missing - 1
                FROM cut WHERE job_parked.id = cut.child
                RETURNING job_parked.id, job_parked.queue, job_parked.priority, job_parked.missing
            ), ready AS (
                INSERT INTO job_ready (queue, priority, id)
                SELECT queue, priority, id FROM counted WHERE missing = 0
                RETURNING queue, id
            ), woken AS (
                SELECT pg_notify(\(Self.channel), queue::text)
                FROM (SELECT DISTINCT queue FROM ready) AS fresh
                WHERE EXISTS (SELECT FROM job_worker WHERE fresh.queue = ANY (job_worker.sleeping))
            )
            SELECT id, (SELECT count(*) FROM woken) AS woken FROM ready ORDER BY id
            """)
        guard !rows.isEmpty else { return }
        let ready: [Int64] = try rows.map { row throws(PostgresError) in try row("id") }
        try await transaction.execute("DELETE FROM job_parked WHERE id = ANY (\(ready)::bigint[])")
    }
}
