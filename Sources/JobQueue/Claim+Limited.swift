import JobLifecycle
import Postgres

extension JobQueue {
    /// The statement that leases jobs.
    static func statement(_ claim: Claim, from queue: Int16, to worker: WorkerID) -> SQL {
        claim.isLimited
            ? self.limitedStatement(claim, from: queue, to: worker)
            : self.plainStatement(claim, from: queue, to: worker)
    }

    /// The statement that leases jobs of a queue with limits: on attempts at a time, or rates of the queue, its kinds or keys.
    ///
    /// Runs while ``lock(_:)`` holds the queue, so that it counts what all claims before it took. Where kinds or keys have
    /// rates it looks at up to ``sifted`` jobs more than it may take, and puts off those that are beyond their rate, once it
    /// has taken all that are within. Runs are looked at job by job; what is left of one goes back into the line.
    private static func limitedStatement(_ claim: Claim, from queue: Int16, to worker: WorkerID) -> SQL {
        """
        WITH \(Self.lanes(claim, queue))room AS MATERIALIZED (
            SELECT jobs, CASE WHEN jobs > 0 AND rated THEN jobs + \(Self.sifted) ELSE jobs END AS looks FROM (
                SELECT \(Self.room(claim, queue)) AS jobs,
                       EXISTS (SELECT FROM job_rate WHERE queue = \(literal: queue)) AS rated
                FROM job_queue WHERE id = \(literal: queue)
            ) AS own
        ), due AS MATERIALIZED (
            SELECT ctid, id, priority, rank, attempt, traits, span FROM job_ready
            WHERE queue = \(literal: queue) AND \(Self.place(claim)) AND priority <= \(Int16(clamping: claim.leastUrgent))
              AND NOT (SELECT paused FROM job_queue WHERE id = \(literal: queue))
              AND EXISTS (SELECT FROM job_worker WHERE id = \(worker.rawValue))
            ORDER BY priority, rank, id
            LIMIT (SELECT looks FROM room)
            FOR UPDATE SKIP LOCKED
        ), counted AS MATERIALIZED (
            SELECT *, sum(span) OVER (ROWS UNBOUNDED PRECEDING) - span AS ahead FROM due
        ), each AS MATERIALIZED (
            SELECT counted.id AS run, counted.id + place AS id, priority, rank + place AS rank, attempt, traits
            FROM counted CROSS JOIN LATERAL generate_series(0, span - 1) AS place
            WHERE ahead < (SELECT looks FROM room)
        ), \(Self.judging(queue)), taken AS MATERIALIZED (
            SELECT run, id, priority, rank, attempt, traits FROM each
            WHERE NOT EXISTS (SELECT FROM late WHERE late.id = each.id)
            ORDER BY priority, rank, id LIMIT (SELECT jobs FROM room)
        ), waiting AS MATERIALIZED (
            -- While a bucket has tokens for more than there was room for, its next claim goes on from there.
            SELECT * FROM late
            WHERE bucket NOT IN (
                SELECT bucket FROM matched WHERE id NOT IN (SELECT id FROM late UNION ALL SELECT id FROM taken))
        ), broken AS (
            DELETE FROM job_ready WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM due WHERE id IN (SELECT run FROM taken UNION ALL SELECT run FROM waiting)))
            RETURNING id
        ), rest AS (
            INSERT INTO job_ready (queue, priority, rank, id, attempt, traits, span)
            SELECT \(literal: queue), priority, min(rank), min(id), attempt, traits, count(*) FROM (
                SELECT *, id - row_number() OVER (PARTITION BY run ORDER BY id) AS part FROM each
                WHERE run IN (SELECT id FROM broken) AND id NOT IN (SELECT id FROM taken UNION ALL SELECT id FROM waiting)
            ) AS kept
            GROUP BY run, part, priority, attempt, traits
            RETURNING (SELECT pg_notify(\(Self.channel), '\(literal: queue)')
                       WHERE EXISTS (SELECT FROM job_worker WHERE \(literal: queue)::smallint = ANY (sleeping)))
        ), leased AS (
            INSERT INTO job_lease (id, worker, queue, attempt)
            SELECT id, \(worker.rawValue), \(literal: queue), attempt + 1 FROM taken WHERE traits & 1 = 0
        ), batched AS (
            INSERT INTO job_batch (worker, queue, ids, attempts)
            SELECT \(worker.rawValue), \(literal: queue), array_agg(id), array_agg((attempt + 1)::smallint)
            FROM taken WHERE traits & 1 = 1 HAVING count(*) > 0
            RETURNING batch
        ), \(Self.charging(queue))
        SELECT \(LeasedJob.columns)
        FROM taken JOIN job ON job.id = taken.id
        """
    }

    /// Whether a row of `job_queue` has limits that claims must count.
    static let isLimited: SQL = """
        (running_limit IS NOT NULL OR rate IS NOT NULL
         OR EXISTS (SELECT FROM job_rate WHERE job_rate.queue = job_queue.id))
        """

    /// Jobs that a claim looks at beyond those it may take.
    private static let sifted: Int64 = 1000

    /// Which of the due jobs are beyond a rate, and when their token will be there.
    ///
    /// Those in line come before those that have just come; while there is a line, the latter go behind it.
    private static func judging(_ queue: Int16) -> SQL {
        """
        bucket AS MATERIALIZED (
            SELECT id, kind, key, rate, next_at, next_at > clock_timestamp() AS has_line,
                   least(burst, tokens + rate * greatest(0, extract(epoch FROM clock_timestamp() - tokens_at)::float8)) AS tokens
            FROM job_rate WHERE queue = \(literal: queue)
        ), matched AS MATERIALIZED (
            SELECT each.run, each.id, each.attempt, bucket.id AS bucket, bucket.rate, bucket.tokens, bucket.next_at,
                   bucket.has_line, paced.id IS NOT NULL AS in_line,
                   row_number() OVER (
                       PARTITION BY bucket.id ORDER BY paced.id IS NULL, each.priority, each.rank, each.id) AS place
            FROM each JOIN job ON job.id = each.id JOIN bucket ON bucket.kind = job.kind OR bucket.key = job.key
            LEFT JOIN job_paced AS paced ON paced.id = each.id
        ), late AS MATERIALIZED (
            -- A job of two rates waits for the later token.
            SELECT DISTINCT ON (id) run, id, attempt, bucket, in_line, run_at FROM (
                SELECT *,
                       CASE WHEN has_line AND NOT in_line
                            THEN next_at + row_number() OVER (PARTITION BY bucket, in_line ORDER BY place) / rate
                                           * interval '1 second'
                            ELSE clock_timestamp() + (place - tokens) / rate * interval '1 second' END AS run_at
                FROM matched WHERE place > floor(tokens + 0.001) OR has_line AND NOT in_line
            ) AS beyond ORDER BY id, run_at DESC
        )
        """
    }

    /// Takes the tokens of what was taken, and puts off what was not to be.
    private static func charging(_ queue: Int16) -> SQL {
        """
        left_line AS (
            DELETE FROM job_paced WHERE id IN (SELECT id FROM taken)
        ), charged AS (
            UPDATE job_rate
            SET tokens = bucket.tokens - part.jobs, tokens_at = clock_timestamp(),
                next_at = greatest(job_rate.next_at, part.last),
                put_off = job_put_off(part.ids, part.attempts, part.times)
            FROM bucket CROSS JOIN LATERAL (
                SELECT (SELECT count(*) FROM taken JOIN matched ON matched.id = taken.id
                        WHERE matched.bucket = bucket.id) AS jobs,
                       max(run_at) FILTER (WHERE NOT in_line) AS last,
                       array_agg(id) AS ids, array_agg(attempt) AS attempts, array_agg(run_at) AS times
                FROM waiting WHERE waiting.bucket = bucket.id
            ) AS part
            WHERE job_rate.id = bucket.id AND job_rate.queue = \(literal: queue)
        ), spent AS (
            UPDATE job_queue SET tokens = \(Self.tokens) - (SELECT count(*) FROM taken), tokens_at = clock_timestamp()
            WHERE id = \(literal: queue) AND rate IS NOT NULL
        )
        """
    }

    /// How many jobs it may take by the queue's own limits.
    private static func room(_ claim: Claim, _ queue: Int16) -> SQL {
        """
        greatest(0, least(
            \(Int64(claim.limit)),
            running_limit - (SELECT count(*) FROM job_lease WHERE job_lease.queue = \(literal: queue))
                - coalesce((SELECT sum(cardinality(ids)) FROM job_batch WHERE job_batch.queue = \(literal: queue)), 0),
            floor(\(Self.tokens))))::bigint
        """
    }

    /// What is in the queue's bucket now; NULL where it has no rate.
    private static let tokens: SQL =
        "least(burst, tokens + rate * greatest(0, extract(epoch FROM clock_timestamp() - tokens_at)::float8))"
}
