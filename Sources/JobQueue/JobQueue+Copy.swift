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
        let payloads = try jobs.map { try Self.payload(of: $0) }
        let (id, developer) = (scope.id?.uuidString, scope.developer.map { "\($0)" })
        var index = 0
        try await transaction.copy(
            into: "job",
            columns: [
                "id", "queue", "kind", "payload", "priority", "max_attempts", "timeout", "traits", "scope",
                "developer_id",
            ]
        ) { writer throws(PostgresError) in
            guard index < ids.count else { return false }
            writer.add(ids[index])
            writer.add(queue)
            try writer.add(Work.kind.rawValue)
            try writer.add(payloads[index])
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
        index = 0
        try await transaction.copy(into: "job_ready", columns: ["queue", "priority", "rank", "id", "traits"]) {
            writer in
            guard index < ids.count else { return false }
            writer.add(queue)
            writer.add(policy.priority)
            writer.add(ids[index])
            writer.add(ids[index])
            writer.add(traits)
            writer.endRow()
            index += 1
            return true
        }
        try await transaction.execute(
            """
            SELECT pg_notify(\(Self.channel), \(String(queue)))
            WHERE EXISTS (SELECT FROM job_worker WHERE \(queue) = ANY (sleeping))
            """)
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
