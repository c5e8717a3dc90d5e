import JobLifecycle
import Postgres

/// Part of a batch that has completed.
struct PartOfBatch: Sendable {
    let batch: Int64
    let id: Int64
}

/// Attempts that completed with nothing to record, nobody waiting for them, and no unique key: what is acknowledged many
/// at a time.
struct Acknowledgement: Sendable {
    /// Leases of their own.
    var single: [LeasedJob] = []
    /// Batches that have ended to the last job.
    var batches: [Int64] = []
    /// Jobs of batches of which others still run.
    var partly: [PartOfBatch] = []
    /// Of whole batches and parts: jobs that may hold a slot of their key.
    var keyed: [LeasedJob] = []
}

extension JobQueue {
    /// The statements that acknowledge, each of which returns how many jobs it ended: those that were fenced off are missing.
    static func statements(_ acknowledgement: Acknowledgement, of worker: WorkerID) -> [SQL] {
        var statements: [SQL] = []
        if !acknowledgement.single.isEmpty {
            statements.append(Self.acknowledging(single: acknowledgement.single, of: worker))
        }
        if !acknowledgement.batches.isEmpty || !acknowledgement.partly.isEmpty {
            statements.append(
                Self.acknowledging(
                    batches: acknowledgement.batches, partly: acknowledgement.partly, keyed: acknowledgement.keyed,
                    of: worker))
        }
        return statements
    }

    /// Ends attempts that have a lease each. The deletion is the fence.
    static func acknowledging(single jobs: [LeasedJob], of worker: WorkerID) -> SQL {
        """
        WITH gone AS (
            DELETE FROM job_lease USING unnest(\(jobs.map(\.id.rawValue))::bigint[], \(jobs.map { Int16($0.attempt) })::smallint[])
                AS done (id, attempt)
            WHERE job_lease.id = done.id AND job_lease.attempt = done.attempt AND job_lease.worker = \(worker.rawValue)
            RETURNING job_lease.id, job_lease.attempt, job_lease.leased_at
        ), recorded AS (
            INSERT INTO job_outcome (id, attempt, state, final, worker, started_at)
            SELECT id, attempt, 'completed', true, \(worker.rawValue), leased_at FROM gone
        )
        SELECT count(*) AS jobs\(Self.freeing(jobs.filter { $0.key != nil }, ended: "SELECT id FROM gone")) FROM gone
        """
    }

    /// Ends jobs that share leases: the row goes with its last job, and until then lists who is left. A job that was
    /// cancelled is not in the list any more, and so is not ended a second time.
    static func acknowledging(
        batches: [Int64], partly: [PartOfBatch], keyed: [LeasedJob], of worker: WorkerID
    ) -> SQL {
        """
        WITH whole AS (
            DELETE FROM job_batch WHERE batch = ANY (\(batches)::bigint[]) AND worker = \(worker.rawValue)
            RETURNING queue, leased_at, ids
        ), open AS MATERIALIZED (
            SELECT batch, queue, leased_at, ids, attempts FROM job_batch
            WHERE batch = ANY (\(Set(partly.map(\.batch)).sorted())::bigint[]) AND worker = \(worker.rawValue)
            ORDER BY batch FOR UPDATE
        ), part AS MATERIALIZED (
            SELECT open.batch, open.queue, open.leased_at, one.id, one.attempt, done.id IS NOT NULL AS ended
            FROM open CROSS JOIN LATERAL unnest(open.ids, open.attempts) AS one (id, attempt)
            LEFT JOIN unnest(\(partly.map(\.id))::bigint[]) AS done (id) ON done.id = one.id
        ), left_over AS (
            UPDATE job_batch SET ids = rest.ids, attempts = rest.attempts
            FROM (SELECT batch, coalesce(array_agg(id) FILTER (WHERE NOT ended), '{}') AS ids,
                         coalesce(array_agg(attempt) FILTER (WHERE NOT ended), '{}') AS attempts
                  FROM part GROUP BY batch) AS rest
            WHERE job_batch.batch = rest.batch
        ), ended AS (
            SELECT queue, leased_at, ids FROM whole WHERE ids <> '{}'
            UNION ALL
            SELECT queue, min(leased_at), array_agg(id) FROM part WHERE ended GROUP BY batch, queue
        ), recorded AS (
            INSERT INTO job_done (low, high, started_at, worker, queue, ids)
            SELECT (SELECT min(id) FROM unnest(ids) AS id), (SELECT max(id) FROM unnest(ids) AS id), leased_at,
                   \(worker.rawValue), queue, ids
            FROM ended
            RETURNING cardinality(ids) AS jobs
        )
        SELECT coalesce(sum(jobs), 0)::bigint AS jobs\(Self.freeing(keyed, ended: "SELECT unnest(ids) FROM ended"))
        FROM recorded
        """
    }

    /// One more column, whose function passes on the slots of the jobs that have ended.
    private static func freeing(_ keyed: [LeasedJob], ended: SQL) -> SQL {
        guard !keyed.isEmpty else { return "" }
        return """
            , (SELECT job_free(array_agg(part.queue), array_agg(part.key), array_agg(part.jobs)) FROM (
                  SELECT slot.queue, slot.key, count(*)::integer AS jobs
                  FROM unnest(\(keyed.map(\.id.rawValue))::bigint[], \(keyed.map(\.queue))::smallint[],
                              \(keyed.compactMap(\.key))::integer[]) AS slot (id, queue, key)
                  WHERE slot.id IN (\(ended)) GROUP BY slot.queue, slot.key
               ) AS part HAVING count(*) > 0)
            """
    }
}
