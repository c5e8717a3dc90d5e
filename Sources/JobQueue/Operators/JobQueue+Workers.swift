import FoundationEssentials
import JobLifecycle
import Postgres

extension JobQueue {
    /// Workers that are not given up, in order of name; at most 1,000.
    public func workers() async throws -> [WorkerStatus] {
        try await self.database.rows(
            """
            SELECT worker.id, worker.name, worker.node, worker.started_at, worker.seen, worker.pools::text AS pools,
                   (extract(epoch FROM clock_timestamp() - worker.seen) * 1000)::bigint AS silence,
                   (SELECT count(*) FROM job_lease WHERE job_lease.worker = worker.id)
                   + coalesce((SELECT sum(cardinality(ids)) FROM job_batch WHERE job_batch.worker = worker.id), 0)
                       AS leases,
                   EXISTS (SELECT FROM job_leader WHERE job_leader.worker = worker.id AND held_until > clock_timestamp())
                       AS leads
            FROM job_worker AS worker ORDER BY worker.name, worker.id LIMIT 1000
            """
        ).map { row in
            let id: Int32 = try row("id")
            let silence: Int64 = try row("silence")
            let leases: Int64 = try row("leases")
            let pools: String = try row("pools")
            let loads = try JSONDecoder().decode([String: PoolLoad].self, from: Data(pools.utf8))
            return WorkerStatus(
                id: WorkerID(rawValue: id), name: try row("name"), node: try row("node"),
                startedAt: try row("started_at"), seenAt: try row("seen"), silence: .milliseconds(silence),
                pools: Dictionary(uniqueKeysWithValues: loads.map { (QueueName(rawValue: $0.key), $0.value) }),
                leases: Int(leases), isLeader: try row("leads"))
        }
    }
}
