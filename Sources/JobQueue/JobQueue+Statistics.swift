import JobLifecycle
import Postgres

extension JobQueue {
    /// Adds what ended in one worker to the sums; append-only, so that nobody waits for anybody.
    func add(
        _ statistics: [(queue: QueueName, kinds: [JobKind: PoolStatistics.Counts])], of worker: WorkerID
    ) async throws(PostgresError) {
        var values: [SQL] = []
        for (queue, kinds) in statistics {
            let number = try await self.number(of: queue)
            for (kind, counts) in kinds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                values.append(
                    """
                    (\(number), \(worker.rawValue), \(kind.rawValue), \(Int32(clamping: counts.completed)),
                     \(Int32(clamping: counts.retried)), \(Int32(clamping: counts.discarded)),
                     \(Int32(clamping: counts.other)), \(counts.waited.counts.map { Int32(clamping: $0) })::integer[],
                     \(counts.ran.counts.map { Int32(clamping: $0) })::integer[])
                    """)
            }
        }
        guard !values.isEmpty else { return }
        try await self.database.execute(
            """
            INSERT INTO job_stat (queue, worker, kind, completed, retried, discarded, other, waited, ran)
            VALUES \(SQL.joined(values, by: ", "))
            """)
    }
}
