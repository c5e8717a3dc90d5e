public import JobLifecycle
public import Postgres

extension JobQueue {
    /// Leases the most urgent due jobs of one queue to one worker.
    ///
    /// Rows that another worker is leasing at this moment are skipped, not waited for, so callers never queue behind each
    /// other. A worker that was given up for dead gets nothing.
    ///
    /// - Parameters:
    ///   - limit: at least 1.
    ///   - leastUrgent: jobs of a larger priority number are left alone.
    /// - Returns: at most `limit` jobs, most urgent first; empty when nothing is due or the queue is paused.
    /// - Throws: ``PostgresError``. No job is leased then, or the lease is rescued with the worker.
    public func lease(
        _ limit: Int, from queue: QueueName, to worker: WorkerID, leastUrgent: Int = Int(Int16.max)
    ) async throws(PostgresError) -> [LeasedJob] {
        precondition(limit >= 1, "a lease is for one job or more")
        let number = try await self.number(of: queue)
        let limits = try await self.database.row(
            "SELECT \(Self.isLimited) AS limited FROM job_queue WHERE id = \(number)")
        var claim = Claim(limit: limit, leastUrgent: leastUrgent)
        claim.isLimited = try limits?("limited") ?? false
        return try await self.lease(claim, from: number, to: worker)
    }

    func lease(_ claim: Claim, from queue: Int16, to worker: WorkerID) async throws(PostgresError) -> [LeasedJob] {
        let statement = Self.statement(claim, from: queue, to: worker)
        guard claim.isLimited else {
            return try Self.leased(try await self.database.rows(statement), to: worker, from: queue)
        }
        // A statement of its own takes the lock, so that the count after it sees what the claim before it left.
        let rows = try await self.database.transaction { transaction throws(PostgresError) in
            try await transaction.pipeline([Self.lock(queue), statement]).last ?? []
        }
        return try Self.leased(rows, to: worker, from: queue)
    }
}
