import FoundationEssentials
public import JobLifecycle
public import Postgres

/// What a worker learns from a heartbeat.
public struct HeartbeatAnswer: Sendable {
    /// Jobs that it holds, by the database's word; what it runs besides has been taken from it.
    public let leases: Set<LeaseKey>
    /// Slots an operator set for each queue; absent where the worker's own default holds.
    public let slots: [QueueName: Int]
}

/// One lease of one worker.
public struct LeaseKey: Hashable, Sendable {
    public let job: JobID
    public let attempt: Int
}

extension JobQueue {
    /// Begins a worker's life and takes an epoch for it.
    public func register(name: String) async throws(PostgresError) -> WorkerID {
        let rows = try await self.database.rows("INSERT INTO job_worker (name) VALUES (\(name)) RETURNING id")
        guard let row = rows.first else { throw .unexpected("no worker id") }
        return WorkerID(rawValue: try row("id"))
    }

    /// Says that a worker lives: one row, however many jobs it runs.
    ///
    /// - Parameter saturated: queues for which it has no free slot; enqueuing there need not wake it.
    /// - Returns: nil when the worker was given up for dead; all its jobs belong to others now.
    public func heartbeat(
        _ worker: WorkerID, sleeping queues: [QueueName]
    ) async throws(PostgresError) -> HeartbeatAnswer? {
        var numbers: [Int16] = []
        for queue in queues { numbers.append(try await self.number(of: queue)) }
        let alive = try await self.database.execute(
            """
            UPDATE job_worker SET seen = clock_timestamp(), sleeping = \(numbers)::smallint[]
            WHERE id = \(worker.rawValue)
            """)
        guard alive == 1 else { return nil }
        let leases = try await self.database.rows(
            "SELECT id, attempt FROM job_lease WHERE worker = \(worker.rawValue) ORDER BY id")
        var held: Set<LeaseKey> = []
        for row in leases {
            let attempt: Int16 = try row("attempt")
            held.insert(LeaseKey(job: JobID(rawValue: try row("id")), attempt: Int(attempt)))
        }
        let rows = try await self.database.rows("SELECT name, slots FROM job_queue WHERE slots IS NOT NULL ORDER BY id")
        var slots: [QueueName: Int] = [:]
        for row in rows {
            let count: Int32 = try row("slots")
            slots[QueueName(rawValue: try row("name"))] = Int(count)
        }
        return HeartbeatAnswer(leases: held, slots: slots)
    }

    /// Ends a worker's life, after its last job.
    public func deregister(_ worker: WorkerID) async throws(PostgresError) {
        try await self.rescue(from: "id = \(worker.rawValue)")
    }

    /// Takes the jobs of workers that have been silent back, their places kept. The attempt they were in counts.
    ///
    /// Any worker may do this at any time, many at once.
    ///
    /// - Returns: how many workers were given up.
    @discardableResult
    public func rescue(silentFor silence: Duration) async throws(PostgresError) -> Int {
        try await self.rescue(from: "seen < clock_timestamp() - \(silence.wholeMilliseconds) * interval '1 millisecond'")
    }

    @discardableResult
    private func rescue(from condition: SQL) async throws(PostgresError) -> Int {
        let rows = try await self.database.rows(
            """
            WITH silent AS MATERIALIZED (
                SELECT id FROM job_worker WHERE \(condition) ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
            ), dead AS (
                DELETE FROM job_worker WHERE id IN (SELECT id FROM silent) RETURNING id
            ), taken AS (
                DELETE FROM job_lease WHERE worker IN (SELECT id FROM silent)
                RETURNING id, attempt, worker, queue, priority, leased_at
            ), back AS (
                INSERT INTO job_ready (queue, priority, id, attempt)
                SELECT queue, priority, id, attempt FROM taken
            ), recorded AS (
                INSERT INTO job_outcome (id, attempt, state, final, worker, started_at)
                SELECT id, attempt, 'rescued', false, worker, leased_at FROM taken
            ), woken AS (
                SELECT pg_notify(\(Self.channel), queue::text) FROM (SELECT DISTINCT queue FROM taken) AS fresh
            )
            SELECT (SELECT count(*) FROM dead) AS workers, (SELECT count(*) FROM woken) AS woken
            """)
        guard let row = rows.first else { return 0 }
        let workers: Int64 = try row("workers")
        return Int(workers)
    }

    /// Makes jobs available whose time has come. Any worker may do this at any time, many at once.
    ///
    /// - Returns: how many; at most 1,000.
    @discardableResult
    public func promoteDue() async throws(PostgresError) -> Int {
        try await self.database.rows(
            """
            WITH due AS MATERIALIZED (
                SELECT ctid FROM job_later WHERE run_at <= clock_timestamp()
                ORDER BY run_at, id LIMIT 1000 FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM job_later WHERE ctid = ANY (ARRAY (SELECT ctid FROM due))
                RETURNING id, queue, priority, attempt
            ), ready AS (
                INSERT INTO job_ready (queue, priority, id, attempt)
                SELECT queue, priority, id, attempt FROM taken
                RETURNING queue, id
            ), woken AS (
                SELECT pg_notify(\(Self.channel), queue::text) FROM (SELECT DISTINCT queue FROM ready) AS fresh
            )
            SELECT id, (SELECT count(*) FROM woken) AS woken FROM ready ORDER BY id
            """
        ).count
    }

    /// Writes how far attempts are. An attempt that lost its lease writes nothing.
    func record(_ progress: [(LeasedJob, Attempt.Progress)]) async throws(PostgresError) {
        guard !progress.isEmpty else { return }
        try await self.database.execute(
            """
            INSERT INTO job_progress AS progress (id, attempt, bytes_done, bytes_total, items_done, items_total)
            SELECT fresh.* FROM unnest(
                \(progress.map(\.0.id.rawValue))::bigint[], \(progress.map { Int16($0.0.attempt) })::smallint[],
                \(progress.map(\.1.bytesDone))::bigint[], \(progress.map(\.1.bytesTotal))::bigint[],
                \(progress.map(\.1.itemsDone))::bigint[], \(progress.map(\.1.itemsTotal))::bigint[])
                AS fresh (id, attempt, bytes_done, bytes_total, items_done, items_total)
            JOIN job_lease AS lease ON lease.id = fresh.id AND lease.attempt = fresh.attempt
                AND lease.worker = ANY (\(progress.map(\.0.worker.rawValue))::integer[])
            ON CONFLICT (id) DO UPDATE
            SET attempt = EXCLUDED.attempt, bytes_done = EXCLUDED.bytes_done, bytes_total = EXCLUDED.bytes_total,
                items_done = EXCLUDED.items_done, items_total = EXCLUDED.items_total, updated_at = now()
            """)
    }
}
