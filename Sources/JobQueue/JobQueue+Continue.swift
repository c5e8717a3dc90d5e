public import Postgres

extension JobQueue {
    /// Enqueues what a job has found is left to do in its place: whoever waits for that job waits for these as well.
    ///
    /// Called in the `recording` of the job's own outcome and nowhere else: until that commits, the job itself keeps its
    /// followers waiting, so that none of them can run too early.
    ///
    /// - Parameters:
    ///   - graph: all its jobs are waited for, whatever they wait for among themselves.
    ///   - job: the one that is about to complete.
    /// - Returns: their numbers, in the order they were added.
    @discardableResult
    public func enqueue(
        _ graph: JobGraph, continuing job: JobID, scope: JobScope, in transaction: Transaction
    ) async throws -> [JobID] {
        guard !graph.isEmpty else { return [] }
        // Held first, so that a redrive which is reviving a follower right now has parked it when it is looked for.
        try await transaction.execute(
            "SELECT FROM job_edge WHERE parent = \(job) ORDER BY parent, child FOR UPDATE")
        // Before anybody's turns are taken: those who count down lock in this order.
        try await transaction.execute(
            """
            SELECT FROM job_parked
            WHERE id IN (SELECT child FROM job_edge WHERE parent = \(job)) ORDER BY id FOR UPDATE
            """)
        let ids = try await self.numbers.many(graph.jobs.count, from: transaction)
        let jobs = try await self.insert(graph, as: ids, scope: scope, traits: .followed, in: transaction)
        try await transaction.execute(
            """
            WITH edge AS (
                INSERT INTO job_edge (parent, child, tolerant)
                SELECT fresh.id, edge.child, edge.tolerant
                FROM job_edge AS edge CROSS JOIN unnest(\(ids)::bigint[]) AS fresh (id)
                WHERE edge.parent = \(job)
                RETURNING child
            )
            UPDATE job_parked SET missing = missing + part.jobs
            FROM (SELECT child, count(*)::integer AS jobs FROM edge GROUP BY child) AS part
            WHERE job_parked.id = part.child
            """)
        return jobs
    }
}
