import FoundationEssentials
import JobLifecycle
public import Postgres

extension JobQueue {
    /// Enqueues many jobs of one kind by COPY: a hundred thousand in a second.
    ///
    /// They are due at once, and stand in line in their order. Jobs of a key take turns, and are enqueued in the slower way.
    ///
    /// - Returns: how many.
    /// - Throws: ``JobQueueError/payloadTooLarge(kind:bytes:limit:)``, `PostgresError`; nothing is enqueued then once the
    ///   transaction is rolled back.
    @discardableResult
    public func enqueue<Work: Job>(
        copying jobs: [Work], scope: JobScope = .none, in transaction: Transaction
    ) async throws -> Int {
        guard !jobs.isEmpty else { return 0 }
        if scope.key != nil { return try await self.enqueueInSlices(jobs, scope: scope, in: transaction) }
        let policy = Work.policy
        let queue = try await self.number(of: policy.queue, in: transaction)
        let ids = try await self.numbers.many(jobs.count, from: transaction)
        let traits = policy.leasing == .batched ? JobTraits.batched.rawValue : 0
        let (id, developer) = (scope.id?.uuidString, scope.developer.map { "\($0)" })
        var index = 0
        // Payloads are written while the server takes in those before them.
        try await transaction.copy(
            into: Self.table(from: ids[0], through: ids[ids.count - 1]),
            columns: [
                "id", "queue", "kind", "payload", "priority", "max_attempts", "timeout", "traits", "scope",
                "developer_id",
            ]
        ) { writer in
            guard index < ids.count else { return false }
            writer.add(ids[index])
            writer.add(queue)
            try writer.add(Work.kind.rawValue)
            try writer.add(utf8: try Self.encode(jobs[index]))
            writer.add(policy.priority)
            writer.add(policy.retry.maxAttempts)
            writer.add(policy.timeout.wholeMilliseconds)
            writer.add(traits)
            if let id { try writer.add(id) } else { writer.addNull() }
            if let developer { try writer.add(developer) } else { writer.addNull() }
            writer.endRow()
            index += 1
            return true
        }
        let runs = policy.leasing == .batched ? JobRun.runs(of: ids) : ids.map { JobRun(first: $0) }
        try await transaction.pipeline([
            """
            INSERT INTO job_ready (queue, priority, rank, id, traits, span)
            SELECT \(queue), \(Int16(policy.priority)), id, id, \(traits), span
            FROM unnest(\(runs.map(\.first))::bigint[], \(runs.map(\.span))::smallint[]) AS run (id, span)
            """,
            """
            SELECT pg_notify(\(Self.channel), \(String(queue)))
            WHERE EXISTS (SELECT FROM job_worker WHERE \(queue) = ANY (sleeping))
            """,
        ])
        return ids.count
    }

    private func enqueueInSlices<Work: Job>(
        _ jobs: [Work], scope: JobScope, in transaction: Transaction
    ) async throws -> Int {
        for start in stride(from: 0, to: jobs.count, by: 1000) {
            var graph = JobGraph()
            for job in jobs[start..<min(start + 1000, jobs.count)] { graph.add(job) }
            try await self.enqueue(graph, scope: scope, in: transaction)
        }
        return jobs.count
    }
}
