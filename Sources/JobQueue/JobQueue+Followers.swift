import Postgres

/// Jobs that wait for others. What is locked in which order is in `job_count_down` and its like.
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
            failed = try await transaction.row("SELECT job_drop_followers(\(failed)::bigint[]) AS jobs")?("jobs") ?? []
        }
    }

    /// - Returns: followers that wait for nothing any more.
    private func countDown(
        after parents: [Int64], tolerantOnly: Bool, in transaction: Transaction
    ) async throws(PostgresError) -> [Int64] {
        try await transaction.row("SELECT job_count_down(\(parents)::bigint[], \(tolerantOnly)) AS jobs")?("jobs") ?? []
    }
}
