import Postgres

extension JobQueue {
    /// Tells the jobs that waited for completed ones: a follower whose last parent this was becomes available, in the
    /// same transaction.
    func followers(ofCompleted parents: [Int64], in transaction: Transaction) async throws(PostgresError) {
        guard !parents.isEmpty else { return }
        try await self.arrive(
            try await self.countDown(after: parents, tolerantOnly: false, in: transaction), in: transaction)
    }

    /// Tells the jobs that waited for ones that did not complete: those that needed them to are cancelled, and theirs in
    /// turn; the tolerant go on.
    func followers(ofFailed parents: [Int64], in transaction: Transaction) async throws(PostgresError) {
        var failed = parents
        // Each round cancels one generation; a graph has no cycle, so the rounds end.
        while !failed.isEmpty {
            try await self.arrive(
                try await self.countDown(after: failed, tolerantOnly: true, in: transaction), in: transaction)
            let rows = try await transaction.rows(
                """
                WITH cut AS (
                    DELETE FROM job_edge WHERE parent = ANY (\(failed)::bigint[]) AND NOT tolerant
                    RETURNING child, parent
                ), reason AS (
                    SELECT child, min(parent) AS parent FROM cut GROUP BY child
                ), dropped AS (
                    DELETE FROM job_parked USING reason WHERE id = reason.child RETURNING id, reason.parent
                ), recorded AS (
                    INSERT INTO job_outcome (id, attempt, state, final, failure)
                    SELECT id, 0, 'cancelled', true,
                           jsonb_build_object('code', 'parent-failed', 'retryable', false,
                                              'message', 'job ' || parent || ', which it waited for, failed')
                    FROM dropped
                ), freed AS (
                    DELETE FROM job_unique WHERE id IN (SELECT id FROM dropped)
                )
                SELECT id FROM dropped ORDER BY id
                """)
            failed = try rows.map { row throws(PostgresError) in try row("id") }
        }
    }

    /// - Returns: followers that wait for nothing any more.
    private func countDown(
        after parents: [Int64], tolerantOnly: Bool, in transaction: Transaction
    ) async throws(PostgresError) -> [Int64] {
        // The followers' rows are locked in order before they are counted down, so parents that end at the same time do
        // it one after another, and exactly one of them sees zero.
        let rows = try await transaction.rows(
            """
            WITH cut AS MATERIALIZED (
                DELETE FROM job_edge WHERE parent = ANY (\(parents)::bigint[]) AND (tolerant OR NOT \(tolerantOnly))
                RETURNING child
            ), part AS MATERIALIZED (
                SELECT child, count(*)::integer AS ended FROM cut GROUP BY child
            ), locked AS MATERIALIZED (
                SELECT id FROM job_parked WHERE id IN (SELECT child FROM part) ORDER BY id FOR UPDATE
            )
            UPDATE job_parked SET missing = missing - part.ended
            FROM part WHERE job_parked.id = part.child AND job_parked.id IN (SELECT id FROM locked)
            RETURNING job_parked.id, job_parked.missing
            """)
        var free: [Int64] = []
        for row in rows where try row.decode("missing", as: Int32.self) == 0 { free.append(try row("id")) }
        guard !free.isEmpty else { return [] }
        try await transaction.execute("DELETE FROM job_parked WHERE id = ANY (\(free)::bigint[])")
        return free.sorted()
    }
}
