import JobLifecycle
public import Postgres

extension JobQueue {
    /// How much waits in each queue, in order of name. Costs the same however much waits.
    public func depths() async throws(PostgresError) -> [QueueDepth] {
        try await self.database.rows(
            """
            SELECT \(Self.queueColumns), ready.jobs AS ready, oldest.age AS oldest, held.jobs AS held,
                   lease.jobs + coalesce(batch.jobs, 0) AS running, later.jobs AS later, parked.jobs AS parked
            FROM job_queue AS queue
            CROSS JOIN LATERAL (
                SELECT least(coalesce(sum(span), 0), 10000) AS jobs
                FROM (SELECT span FROM job_ready WHERE queue = queue.id LIMIT 10000) AS few
            ) AS ready
            LEFT JOIN LATERAL (
                SELECT (extract(epoch FROM clock_timestamp() - job.created_at) * 1000)::bigint AS age
                FROM (SELECT id FROM job_ready WHERE queue = queue.id ORDER BY priority, rank, id LIMIT 1) AS first
                JOIN job ON job.id = first.id
            ) AS oldest ON true
            CROSS JOIN LATERAL (
                SELECT count(*) AS jobs FROM (SELECT FROM job_held WHERE queue = queue.id LIMIT 10000) AS few
            ) AS held
            CROSS JOIN LATERAL (SELECT count(*) AS jobs FROM job_lease WHERE job_lease.queue = queue.id) AS lease
            CROSS JOIN LATERAL (
                SELECT sum(cardinality(ids)) AS jobs FROM job_batch WHERE job_batch.queue = queue.id
            ) AS batch
            CROSS JOIN LATERAL (
                SELECT count(*) AS jobs FROM (SELECT id FROM job_later ORDER BY run_at, id LIMIT 10000) AS few
                JOIN job ON job.id = few.id WHERE job.queue = queue.id
            ) AS later
            CROSS JOIN LATERAL (
                SELECT count(*) AS jobs FROM (SELECT id FROM job_parked ORDER BY id LIMIT 10000) AS few
                JOIN job ON job.id = few.id WHERE job.queue = queue.id
            ) AS parked
            ORDER BY queue.name
            """
        ).map { row throws(PostgresError) in
            func count(_ column: String) throws(PostgresError) -> Int {
                let value: Int64 = try row(column)
                return Int(value)
            }
            let oldest: Int64? = try row("oldest")
            return QueueDepth(
                queue: QueueName(rawValue: try row("name")), settings: try QueueSettings(row),
                ready: try count("ready"), held: try count("held"), later: try count("later"),
                parked: try count("parked"), running: try count("running"), oldest: oldest.map { .milliseconds($0) })
        }
    }

    /// What ended in the latest span of time, for each queue and kind; the busiest first, at most 1,000.
    ///
    /// - Parameter span: 10 seconds to 24 hours; workers write their sums every ten seconds.
    public func statistics(over span: Duration) async throws(PostgresError) -> [KindStatistics] {
        let span = min(max(span, .seconds(10)), .seconds(86_400))
        return try await self.database.rows(
            """
            SELECT queue.name AS queue, stat.kind, sum(completed) AS completed, sum(retried) AS retried,
                   sum(discarded) AS discarded, sum(other) AS other,
                   (SELECT array_agg(bucket.n ORDER BY bucket.place) FROM (
                        SELECT one.place, sum(one.n) AS n FROM job_stat AS inner_stat, unnest(inner_stat.waited)
                            WITH ORDINALITY AS one (n, place)
                        WHERE inner_stat.queue = stat.queue AND inner_stat.kind = stat.kind
                          AND inner_stat.at > clock_timestamp() - \(span) GROUP BY one.place) AS bucket) AS waited,
                   (SELECT array_agg(bucket.n ORDER BY bucket.place) FROM (
                        SELECT one.place, sum(one.n) AS n FROM job_stat AS inner_stat, unnest(inner_stat.ran)
                            WITH ORDINALITY AS one (n, place)
                        WHERE inner_stat.queue = stat.queue AND inner_stat.kind = stat.kind
                          AND inner_stat.at > clock_timestamp() - \(span) GROUP BY one.place) AS bucket) AS ran
            FROM job_stat AS stat JOIN job_queue AS queue ON queue.id = stat.queue
            WHERE stat.at > clock_timestamp() - \(span)
            GROUP BY stat.queue, queue.name, stat.kind ORDER BY completed DESC, queue.name, stat.kind LIMIT 1000
            """
        ).map { row throws(PostgresError) in
            func count(_ column: String) throws(PostgresError) -> Int {
                let value: Int64 = try row(column)
                return Int(value)
            }
            let waited: [Int]? = try row("waited")
            let ran: [Int]? = try row("ran")
            return KindStatistics(
                queue: QueueName(rawValue: try row("queue")), kind: JobKind(rawValue: try row("kind")), span: span,
                completed: try count("completed"), retried: try count("retried"), discarded: try count("discarded"),
                other: try count("other"), waited: Histogram(counts: waited ?? []), ran: Histogram(counts: ran ?? []))
        }
    }
}
