import JobLifecycle
import Postgres

/// A wish for jobs: how many of one queue, and where to look first.
struct Claim: Sendable {
    var limit: Int
    /// Rows that are looked at: a run of jobs is one; nil: as many as jobs.
    var rows: Int?
    /// The largest priority number that is taken.
    var leastUrgent = Int(Int16.max)
    /// Rows before this place in line are not looked at: others took them, and may have left dead rows there.
    var place = ClaimPlace.start
    /// Takes the jobs of that priority whose first has waited longest, instead of the most urgent.
    var isAging = false
    /// Every so many claims of a pool are for those who have waited longest: no priority is passed over for ever.
    static let agingPeriod = 8
    /// The queue has limits or rates; see ``JobQueue/lock(_:)``.
    var isLimited = false
}

extension JobQueue {
    /// Locks a queue that has a limit on attempts at a time, or rates, so that its claims come one after another and each
    /// counts what those before it took. Runs in the transaction of the claim, in a statement before it.
    static func lock(_ queue: Int16) -> SQL { "SELECT FROM job_queue WHERE id = \(literal: queue) FOR NO KEY UPDATE" }

    /// The statement that leases jobs of a queue without limits.
    ///
    /// The CTE `due` is the fence that keeps the planner from running the LIMIT more than once; its rows are locked, so
    /// their ctids stand still, and a Tid Scan finds them again whatever the statistics say. A run that is longer than what
    /// is still wanted is `cut`: its rest goes back into the line, and whoever slept because this claim held it is woken.
    /// The queue is a literal, which makes one statement, and one plan, for each queue.
    ///
    /// Rows come in any order; see ``leased(_:)``.
    static func plainStatement(_ claim: Claim, from queue: Int16, to worker: WorkerID) -> SQL {
        """
        WITH \(Self.lanes(claim, queue))room AS MATERIALIZED (
            SELECT \(Int64(claim.limit))::bigint AS jobs
        ), due AS MATERIALIZED (
            SELECT ctid, id, span FROM job_ready
            WHERE queue = \(literal: queue) AND \(Self.place(claim)) AND priority <= \(Int16(clamping: claim.leastUrgent))
              AND NOT (SELECT paused FROM job_queue WHERE id = \(literal: queue))
              AND EXISTS (SELECT FROM job_worker WHERE id = \(worker.rawValue))
            ORDER BY priority, rank, id
            LIMIT least(\(Int64(claim.rows ?? claim.limit)), (SELECT jobs FROM room))
            FOR UPDATE SKIP LOCKED
        ), counted AS MATERIALIZED (
            SELECT ctid, id, span, sum(span) OVER (ROWS UNBOUNDED PRECEDING) AS upto FROM due
        ), cut AS MATERIALIZED (
            SELECT id, (upto - (SELECT jobs FROM room))::smallint AS rest FROM counted
            WHERE upto > (SELECT jobs FROM room) AND upto - span < (SELECT jobs FROM room)
        ), taken AS (
            DELETE FROM job_ready
            WHERE ctid = ANY (ARRAY (SELECT ctid FROM counted WHERE upto - span < (SELECT jobs FROM room)))
            RETURNING id, priority, rank, attempt, traits, span,
                      CASE WHEN id = (SELECT id FROM cut) THEN span - (SELECT rest FROM cut) ELSE span END AS used
        ), rest AS (
            INSERT INTO job_ready (queue, priority, rank, id, attempt, traits, span)
            SELECT \(literal: queue), priority, rank + used, id + used, attempt, traits, span - used
            FROM taken WHERE used < span
            RETURNING (SELECT pg_notify(\(Self.channel), '\(literal: queue)')
                       WHERE EXISTS (SELECT FROM job_worker WHERE \(literal: queue)::smallint = ANY (sleeping)))
        ), leased AS (
            INSERT INTO job_lease (id, worker, queue, attempt)
            SELECT id, \(worker.rawValue), \(literal: queue), attempt + 1 FROM taken WHERE traits & 1 = 0
        ), batched AS (
            INSERT INTO job_batch (worker, queue, ids, attempts)
            SELECT \(worker.rawValue), \(literal: queue), array_agg(id), array_agg((attempt + 1)::smallint)
            FROM (SELECT generate_series(id, id + used - 1) AS id, attempt FROM taken WHERE traits & 1 = 1) AS one
            HAVING count(*) > 0
            RETURNING batch
        )
        SELECT \(LeasedJob.columns)
        FROM taken JOIN job ON job.id >= taken.id AND job.id < taken.id + taken.used
        """
    }

    /// What a claim leased, most urgent first, as the line has it.
    static func leased(_ rows: [Row], to worker: WorkerID, from queue: Int16) throws(PostgresError) -> [LeasedJob] {
        var jobs: [LeasedJob] = []
        jobs.reserveCapacity(rows.count)
        var isSorted = true
        for row in rows {
            let job = try LeasedJob(row, worker: worker, queue: queue)
            if let last = jobs.last, !last.stands(before: job) { isSorted = false }
            jobs.append(job)
        }
        // They lie in the table as they were enqueued, which is most often the order of the line.
        if !isSorted { jobs.sort { $0.stands(before: $1) } }
        return jobs
    }

    /// The first of each priority, each found by one step into the index.
    static func lanes(_ claim: Claim, _ queue: Int16) -> SQL {
        guard claim.isAging else { return "" }
        return """
            RECURSIVE lane AS (
                (SELECT priority, id FROM job_ready WHERE queue = \(literal: queue) ORDER BY priority, rank, id LIMIT 1)
                UNION ALL
                SELECT next.priority, next.id FROM lane CROSS JOIN LATERAL (
                    SELECT priority, id FROM job_ready
                    WHERE queue = \(literal: queue) AND job_ready.priority > lane.priority
                    ORDER BY priority, rank, id LIMIT 1
                ) AS next
            ),
            """
    }

    static func place(_ claim: Claim) -> SQL {
        if claim.isAging {
            return """
                priority = (SELECT lane.priority FROM lane JOIN job ON job.id = lane.id
                            WHERE lane.priority <= \(Int16(clamping: claim.leastUrgent))
                            ORDER BY job.created_at, job.id LIMIT 1)
                """
        }
        return "(priority, rank) >= (\(Int16(clamping: claim.place.priority)), \(claim.place.rank))"
    }
}

extension SQL.StringInterpolation {
    /// A number that is part of the statement's text, and so of its plan.
    mutating func appendInterpolation(literal number: some BinaryInteger) {
        self.appendInterpolation(SQL(trusted: String(number)))
    }
}

extension LeasedJob {
    /// The order of the line.
    fileprivate func stands(before other: LeasedJob) -> Bool {
        (self.priority, self.rank, self.id.rawValue) < (other.priority, other.rank, other.id.rawValue)
    }
}
