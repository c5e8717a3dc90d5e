import FoundationEssentials
import JobLifecycle
import Postgres

extension JobQueue {
    /// Why a job does not run now; nil when there is no such job.
    public func reason(of job: JobID) async throws -> WaitReason? {
        guard let status = try await self.status(of: job, developer: nil) else { return nil }
        return try await self.reason(of: status)
    }

    func reason(of job: JobStatus) async throws -> WaitReason {
        if job.state.isFinal { return .ended(job.state) }
        if let worker = job.worker { return .running(on: worker) }
        if let missing = job.missing {
            let parents = try await self.database.rows(
                "SELECT parent FROM job_edge WHERE child = \(job.id) ORDER BY parent LIMIT 20")
            return .dependencies(
                missing: missing,
                on: try parents.map { row throws(PostgresError) in JobID(rawValue: try row("parent")) })
        }
        if let runAt = job.runAt {
            let known =
                try await self.database.row(
                    "SELECT FROM job_worker WHERE \(job.kind.rawValue)::text = ANY (kinds) LIMIT 1") != nil
            if job.attempt == 0, job.startedAt != nil, !known { return .unknownKind(job.kind) }
            if try await self.database.row("SELECT FROM job_paced WHERE id = \(job.id)") != nil {
                return .rateLimit(next: .seconds(max(0, runAt.timeIntervalSinceNow)))
            }
            return job.attempt > 0 ? .resting(until: runAt, after: job.failure) : .scheduled(until: runAt)
        }
        return try await self.reasonOfDue(job)
    }

    /// For a job that is ready or held.
    private func reasonOfDue(_ job: JobStatus) async throws -> WaitReason {
        let row = try await self.database.row(
            """
            SELECT queue.paused, queue.running_limit, queue.rate, share.used, key.name AS key,
                   CASE WHEN held.id IS NOT NULL THEN coalesce(share.cap, queue.key_limit, 0) END AS held_limit,
                   (SELECT count(*) FROM (
                        SELECT FROM job_held AS other WHERE other.queue = held.queue AND other.key = held.key
                        AND (other.priority, other.rank, other.id) < (held.priority, held.rank, held.id) LIMIT 10000
                    ) AS few) AS held_ahead,
                   (SELECT least(coalesce(sum(jobs), 0), 10000)::bigint FROM (
                        SELECT CASE WHEN span > 1 AND job.id BETWEEN other.id AND other.id + span - 1
                                    THEN job.id - other.id ELSE span END AS jobs
                        FROM job_ready AS other WHERE other.queue = job.queue
                        AND (other.priority, other.rank, other.id)
                            < (job.priority, coalesce(job.rank, job.id), job.id) LIMIT 10000
                    ) AS few) AS ahead,
                   (SELECT count(*) FROM job_lease WHERE job_lease.queue = job.queue)
                   + coalesce((SELECT sum(cardinality(ids)) FROM job_batch WHERE job_batch.queue = job.queue), 0)
                       AS running,
                   least(queue.tokens + queue.rate * extract(epoch FROM clock_timestamp() - queue.tokens_at)::float8,
                         queue.burst) AS tokens
            FROM job JOIN job_queue AS queue ON queue.id = job.queue
            LEFT JOIN job_key AS key ON key.id = job.key
            LEFT JOIN job_share AS share ON share.queue = job.queue AND share.key = job.key
            LEFT JOIN job_held AS held ON held.queue = job.queue AND held.key = job.key
                AND held.priority = job.priority AND held.rank = coalesce(job.rank, job.id) AND held.id = job.id
            WHERE job.id = \(job.id)
            """)
        guard let row else { return .ended(job.state) }
        let heldLimit: Int32? = try row("held_limit")
        if let heldLimit, let key: String = try row("key") {
            let ahead: Int64 = try row("held_ahead")
            return .keyLimit(key: key, limit: Int(heldLimit), ahead: Int(ahead))
        }
        if try row.decode("paused", as: Bool.self) { return .queuePaused }
        if let closed = try await self.closedPools(for: job) { return closed }
        let running: Int64 = try row("running")
        let limit: Int32? = try row("running_limit")
        if let limit, running >= Int64(limit) { return .queueLimit(Int(limit)) }
        let rate: Double? = try row("rate")
        let tokens: Double? = try row("tokens")
        if let rate, let tokens, tokens < 1 { return .rateLimit(next: .seconds((1 - tokens) / rate)) }
        let ahead: Int64 = try row("ahead")
        return .turn(ahead: Int(ahead))
    }

    /// Why no pool would take it; nil when one would.
    private func closedPools(for job: JobStatus) async throws -> WaitReason? {
        let workers = try await self.workers().filter { $0.silence < .seconds(10) }
        let pools = workers.compactMap { worker in worker.pools[job.queue].map { (worker.node, $0) } }
        guard !pools.isEmpty else { return .noWorker }
        guard pools.contains(where: { $0.1.mode == .working && $0.1.slots > 0 }) else { return .poolsClosed }
        let said = try await self.pools().filter { $0.queue == job.queue }
        let everywhere = said.first { $0.node == nil }?.settings ?? PoolSettings()
        let least = pools.map { node, _ in
            (said.first { $0.node == node }?.settings ?? PoolSettings()).falling(backTo: everywhere).leastUrgent
                ?? Int(Int16.max)
        }
        guard let most = least.max(), job.priority > most else { return nil }
        return .notUrgentEnough(leastUrgent: most)
    }
}
