import JobLifecycle
import Postgres

extension JobQueue {
    /// How long the first job in line of each queue has existed; absent where none is due.
    func lags(of queues: [QueueName]) async throws(PostgresError) -> [QueueName: Duration] {
        let rows = try await self.database.rows(
            """
            SELECT queue.name, (extract(epoch FROM clock_timestamp() - job.created_at) * 1000)::bigint AS lag
            FROM job_queue AS queue CROSS JOIN LATERAL (
                SELECT id FROM job_ready WHERE job_ready.queue = queue.id ORDER BY priority, rank, id LIMIT 1
            ) AS first JOIN job ON job.id = first.id
            WHERE queue.name = ANY (\(queues.map(\.rawValue))::text[]) AND NOT queue.paused
            """)
        var lags: [QueueName: Duration] = [:]
        for row in rows {
            lags[QueueName(rawValue: try row("name"))] = .milliseconds(try row.decode("lag", as: Int64.self))
        }
        return lags
    }

    /// Moves a slot on one node, unless the operator has changed the pool meanwhile in a way that forbids it.
    func carryOut(_ move: SlotTuner.Move, on node: String) async throws {
        guard let number = try await self.existingNumber(of: move.queue, in: self.database) else { return }
        try await self.database.transaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO job_pool (queue, node, changed_by) VALUES (\(number), \(node), 'self-tuning')
                ON CONFLICT DO NOTHING
                """)
            let row = try await transaction.row(
                """
                WITH old AS MATERIALIZED (
                    SELECT pool.slots, to_jsonb(pool) AS document,
                           coalesce(pool.tuned_from, everywhere.tuned_from) AS low,
                           coalesce(pool.tuned_to, everywhere.tuned_to) AS high
                    FROM job_pool AS pool LEFT JOIN job_pool AS everywhere
                        ON everywhere.queue = pool.queue AND everywhere.node = ''
                    WHERE pool.queue = \(number) AND pool.node = \(node) FOR UPDATE OF pool
                )
                UPDATE job_pool AS pool SET slots = \(Int32(move.to)), changed_at = now(), changed_by = 'self-tuning'
                FROM old
                WHERE pool.queue = \(number) AND pool.node = \(node) AND \(Int32(move.to)) BETWEEN old.low AND old.high
                  AND (old.slots IS NULL OR old.slots = \(Int32(move.from)))
                RETURNING old.document::text AS before,
                          (to_jsonb(pool) || jsonb_build_object('reason', \(move.reason)::text))::text AS after
                """)
            guard let row else { return }
            try await self.audit(
                "pool.tune", "\(move.queue)@\(node)", from: try row("before"), to: try row("after"), by: "self-tuning",
                in: transaction)
            try await self.tellOfSettings(in: transaction)
        }
    }
}
