import JobLifecycle
import Postgres

/// A wish for jobs: how many of one queue, and where to look first.
struct Claim: Sendable {
    var limit: Int
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
    /// their ctids stand still, and a Tid Scan finds them again whatever the statistics say. The queue is a literal, which
    /// makes one statement, and one plan, for each queue.
    static func plainStatement(_ claim: Claim, from queue: Int16, to worker: WorkerID) -> SQL {
        """
        WITH \(Self.lanes(claim, queue))due AS MATERIALIZED (
            SELECT ctid FROM job_ready
            WHERE queue = \(literal: queue) AND \(Self.place(claim)) AND priority <= \(Int16(clamping: claim.leastUrgent))
              AND NOT (SELECT paused FROM job_queue WHERE id = \(literal: queue))
              AND EXISTS (SELECT FROM job_worker WHERE id = \(worker.rawValue))
            ORDER BY priority, rank, id
            LIMIT \(Int64(claim.limit))
            FOR UPDATE SKIP LOCKED
        ), taken AS (
            DELETE FROM job_ready WHERE ctid = ANY (ARRAY (SELECT ctid FROM due))
            RETURNING id, priority, rank, attempt, traits
        ), leased AS (
            INSERT INTO job_lease (id, worker, queue, attempt)
            SELECT id, \(worker.rawValue), \(literal: queue), attempt + 1 FROM taken WHERE traits & 1 = 0
        ), batched AS (
            INSERT INTO job_batch (worker, queue, ids, attempts)
            SELECT \(worker.rawValue), \(literal: queue), array_agg(id), array_agg((attempt + 1)::smallint)
            FROM taken WHERE traits & 1 = 1 HAVING count(*) > 0
            RETURNING batch
        )
        SELECT \(LeasedJob.columns)
        FROM taken JOIN job ON job.id = taken.id
        ORDER BY taken.priority, taken.rank, taken.id
        """
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
    mutating func appendInterpolation(literal number: Int16) {
        self.appendInterpolation(SQL(trusted: String(number)))
    }
}
