public import FoundationEssentials
public import JobLifecycle
public import Postgres

extension JobQueue {
    /// Cancels every live job of a scope but one, waiting or running.
    ///
    /// A running one loses its lease now, so nothing it still writes counts; its worker stops it within a heartbeat.
    ///
    /// - Parameter survivor: the job on whose behalf the others are cancelled, if any.
    /// - Returns: how many were cancelled.
    @discardableResult
    public func cancel(
        scope: UUID, except survivor: JobID?, because failure: Failure, in executor: some SQLExecutor
    ) async throws -> Int {
        let rows = try await executor.rows(
            """
            SELECT id FROM job
            WHERE scope = \(scope) AND id IS DISTINCT FROM \(survivor?.rawValue)
            ORDER BY id
            """)
        let ids: [Int64] = try rows.map { row throws(PostgresError) in try row("id") }
        guard !ids.isEmpty else { return 0 }
        return try await self.remove(ids, as: .cancelled, because: failure, in: executor).count
    }

    /// Cancels one job, waiting or running, and the jobs that wait for its success; false when it had ended.
    public func cancel(_ job: JobID, because failure: Failure) async throws -> Bool {
        try await self.database.transaction { transaction in
            try await self.end([job.rawValue], as: .cancelled, because: failure, in: transaction).count == 1
        }
    }

    /// How an operator ends a job.
    enum ForcedEnd: String {
        case cancelled, discarded
    }

    /// Ends jobs wherever they stand, with their followers.
    ///
    /// - Returns: those that had not ended.
    func end(
        _ ids: [Int64], as end: ForcedEnd, because failure: Failure, in transaction: Transaction
    ) async throws -> [Int64] {
        let gone = try await self.remove(ids, as: end, because: failure, in: transaction)
        let followed = gone.filter { $0.traits.contains(.followed) }.map(\.id)
        try await self.followers(ofFailed: followed, in: transaction)
        return gone.map(\.id).sorted()
    }

    private struct Removed {
        let id: Int64
        let queue: Int16
        /// Set for a job that may hold a slot of its key.
        let slot: Int32?
        let traits: JobTraits
    }

    /// Takes jobs out of whatever table they stand in, and records their end.
    private func remove(
        _ ids: [Int64], as end: ForcedEnd, because failure: Failure, in executor: some SQLExecutor
    ) async throws -> [Removed] {
        var removed: [Removed] = []
        var left = ids
        // A job that was between two tables is found by the second look, whose snapshot is newer.
        for _ in 0..<2 where !left.isEmpty {
            let found = try await self.removeOnce(left, as: end, because: failure, in: executor)
            removed += found
            let gone = Set(found.map(\.id))
            left.removeAll { gone.contains($0) }
        }
        try await self.free(removed.compactMap { one in one.slot.map { (one.queue, $0) } }, in: executor)
        return removed
    }

    private func removeOnce(
        _ ids: [Int64], as end: ForcedEnd, because failure: Failure, in executor: some SQLExecutor
    ) async throws -> [Removed] {
        let reason = try Failure.document(failure)
        return try await executor.rows(
            """
            WITH body AS MATERIALIZED (
                SELECT id, queue, priority, coalesce(rank, id) AS rank, key, traits FROM job
                WHERE id = ANY (\(ids)::bigint[])
            ), run AS MATERIALIZED (
                SELECT ctid FROM job_ready WHERE ctid = ANY (ARRAY (
                    SELECT stand.ctid FROM body CROSS JOIN LATERAL (
                        SELECT ctid FROM job_ready
                        WHERE job_ready.queue = body.queue AND job_ready.priority = body.priority
                          AND job_ready.rank = body.rank AND job_ready.id = body.id
                        UNION ALL
                        SELECT ctid FROM job_ready
                        WHERE body.traits & 1 = 1 AND body.rank = body.id
                          AND job_ready.queue = body.queue AND job_ready.priority = body.priority
                          AND job_ready.rank >= body.id - body.id % 64 AND job_ready.rank < body.id
                          AND job_ready.id = job_ready.rank AND job_ready.id + job_ready.span > body.id
                    ) AS stand)) FOR UPDATE
            ), broken AS (
                DELETE FROM job_ready WHERE ctid = ANY (ARRAY (SELECT ctid FROM run))
                RETURNING queue, priority, rank, id, attempt, traits, span
            ), member AS MATERIALIZED (
                SELECT queue, priority, rank + place AS rank, id + place AS id, attempt, traits
                FROM broken CROSS JOIN LATERAL generate_series(0, span - 1) AS place
            ), stays AS (
                INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
                SELECT queue, priority, rank, id, attempt, traits FROM member WHERE id <> ALL (\(ids)::bigint[])
            ), ready AS (
                SELECT id, attempt FROM member WHERE id = ANY (\(ids)::bigint[])
            ), held AS (
                DELETE FROM job_held USING body
                WHERE job_held.queue = body.queue AND job_held.key = body.key AND job_held.priority = body.priority
                  AND job_held.rank = body.rank AND job_held.id = body.id
                RETURNING job_held.id, job_held.attempt
            ), later AS (
                DELETE FROM job_later WHERE id = ANY (\(ids)::bigint[]) RETURNING id, attempt
            ), parked AS (
                DELETE FROM job_parked WHERE id = ANY (\(ids)::bigint[]) RETURNING id, 0::smallint AS attempt
            ), leased AS (
                DELETE FROM job_lease WHERE id = ANY (\(ids)::bigint[]) RETURNING id, attempt, worker, leased_at
            ), hit AS MATERIALIZED (
                SELECT batch, worker, leased_at, ids, attempts FROM job_batch
                WHERE EXISTS (SELECT FROM body WHERE traits & 1 = 1) AND ids && \(ids)::bigint[] FOR UPDATE
            ), shrunk AS (
                UPDATE job_batch SET (ids, attempts) = (
                    SELECT coalesce(array_agg(one.id ORDER BY one.id), '{}'),
                           coalesce(array_agg(one.attempt ORDER BY one.id), '{}')
                    FROM unnest(hit.ids, hit.attempts) AS one (id, attempt)
                    WHERE one.id <> ALL (\(ids)::bigint[]))
                FROM hit WHERE job_batch.batch = hit.batch
            ), gone AS (
                SELECT id, attempt, NULL::integer AS worker, NULL::timestamptz AS leased_at, true AS admitted FROM ready
                UNION ALL SELECT id, attempt, NULL, NULL, false FROM held
                UNION ALL SELECT id, attempt, NULL, NULL, false FROM later
                UNION ALL SELECT id, attempt, NULL, NULL, false FROM parked
                UNION ALL SELECT id, attempt, worker, leased_at, true FROM leased
                UNION ALL SELECT one.id, one.attempt, hit.worker, hit.leased_at, true
                          FROM hit, unnest(hit.ids, hit.attempts) AS one (id, attempt)
                          WHERE one.id = ANY (\(ids)::bigint[])
            ), freed AS (
                DELETE FROM job_unique WHERE id IN (SELECT id FROM gone)
            ), out_of_line AS (
                DELETE FROM job_paced WHERE id IN (SELECT id FROM gone)
            ), recorded AS (
                INSERT INTO job_outcome (id, attempt, state, final, worker, started_at, failure)
                SELECT id, attempt, \(end.rawValue), true, worker, leased_at, \(reason)::jsonb FROM gone
            )
            SELECT gone.id, body.queue, body.traits, CASE WHEN gone.admitted THEN body.key END AS slot
            FROM gone JOIN body ON body.id = gone.id ORDER BY gone.id
            """
        ).map { row throws(PostgresError) in
            let traits: Int16 = try row("traits")
            return Removed(
                id: try row("id"), queue: try row("queue"), slot: try row("slot"), traits: JobTraits(rawValue: traits))
        }
    }

    /// Passes slots on that jobs have left.
    func free(_ slots: [(queue: Int16, key: Int32)], in executor: some SQLExecutor) async throws(PostgresError) {
        guard let statement = Self.freeing(slots) else { return }
        try await executor.execute(statement)
    }

    /// - Returns: nil when there is nothing to free.
    static func freeing(_ slots: [(queue: Int16, key: Int32)]) -> SQL? {
        guard !slots.isEmpty else { return nil }
        var counts: [Int16: [Int32: Int32]] = [:]
        for slot in slots { counts[slot.queue, default: [:]][slot.key, default: 0] += 1 }
        let parts = counts.flatMap { queue, keys in keys.map { (queue, $0.key, $0.value) } }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        return """
            SELECT job_free(\(parts.map(\.0))::smallint[], \(parts.map(\.1))::integer[], \(parts.map(\.2))::integer[])
            """
    }
}
