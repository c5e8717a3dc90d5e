import FoundationEssentials
public import JobLifecycle
public import Postgres

/// What a worker learns from a heartbeat.
public struct HeartbeatAnswer: Sendable {
    /// Jobs that it holds one by one, by the database's word; what it runs besides has been taken from it.
    public let leases: Set<LeaseKey>
    /// Batches it holds.
    let batches: Set<Int64>
    /// What operators said about its pools, the node's word before that for all nodes.
    public let pools: [QueueName: PoolSettings]
    /// Queues whose claims must be counted: they have a limit of attempts at a time, or a rate.
    public let limited: Set<QueueName>
    /// Whether the worker is to do what is to be done once for all.
    public let isLeader: Bool
}

/// One lease of one worker.
public struct LeaseKey: Hashable, Sendable {
    public let job: JobID
    public let attempt: Int
}

extension JobQueue {
    /// Begins a worker's life and takes an epoch for it.
    ///
    /// - Parameters:
    ///   - node: the machine, by which operators set it apart.
    ///   - kinds: that it can run.
    public func register(
        name: String, node: String = "", kinds: [JobKind] = []
    ) async throws(PostgresError) -> WorkerID {
        let row = try await self.database.row(
            """
            INSERT INTO job_worker (name, node, kinds)
            VALUES (\(name), left(\(node)::text, 128), \(kinds.map(\.rawValue))::text[]) RETURNING id
            """)
        guard let row else { throw .unexpected("no worker id") }
        return WorkerID(rawValue: try row("id"))
    }

    /// Says that a worker lives: one row, however many jobs it runs.
    ///
    /// - Parameters:
    ///   - queues: for which it has a free slot and found nothing; who enqueues there wakes it.
    ///   - pools: how its pools are doing.
    ///   - leadership: how long it leads, unless another does; nil: it does not want to.
    /// - Returns: nil when the worker was given up for dead; all its jobs belong to others now.
    public func heartbeat(
        _ worker: WorkerID, sleeping queues: [QueueName], pools: [QueueName: PoolLoad] = [:],
        leadership: Duration? = nil
    ) async throws(PostgresError) -> HeartbeatAnswer? {
        var numbers: [Int16] = []
        for queue in queues { numbers.append(try await self.number(of: queue)) }
        let loads = Self.document(of: pools)
        var statements: [SQL] = [
            """
            UPDATE job_worker SET seen = clock_timestamp(), sleeping = \(numbers)::smallint[], pools = \(loads)::jsonb
            WHERE id = \(worker.rawValue) RETURNING id
            """,
            "SELECT id, attempt FROM job_lease WHERE worker = \(worker.rawValue) ORDER BY id",
            """
            SELECT queue.name AS queue, \(Self.poolColumns) FROM job_pool AS pool
            JOIN job_queue AS queue ON queue.id = pool.queue
            WHERE pool.node IN ('', (SELECT node FROM job_worker WHERE id = \(worker.rawValue)))
            ORDER BY pool.node DESC
            """,
            "SELECT name FROM job_queue WHERE \(Self.isLimited) ORDER BY id",
            "SELECT batch FROM job_batch WHERE worker = \(worker.rawValue)",
        ]
        if let leadership { statements.append(Self.leading(worker, for: leadership)) }
        let asked = statements
        let answers = try await self.database.withConnection { connection throws(PostgresError) in
            try await connection.pipeline(asked)
        }
        guard !answers[0].isEmpty else { return nil }
        return HeartbeatAnswer(
            leases: Set(
                try answers[1].map { row throws(PostgresError) in
                    LeaseKey(
                        job: JobID(rawValue: try row("id")), attempt: Int(try row.decode("attempt", as: Int16.self)))
                }),
            batches: Set(try answers[4].map { row throws(PostgresError) in try row("batch") }),
            pools: try Self.settings(answers[2]),
            limited: Set(try answers[3].map { row throws(PostgresError) in QueueName(rawValue: try row("name")) }),
            isLeader: answers.count > 5 && !answers[5].isEmpty)
    }

    /// The node's own word stands before that for all nodes, whose name is empty.
    private static func settings(_ rows: [Row]) throws(PostgresError) -> [QueueName: PoolSettings] {
        var settings: [QueueName: PoolSettings] = [:]
        for row in rows {
            let queue = QueueName(rawValue: try row("queue"))
            settings[queue] = (settings[queue] ?? PoolSettings()).falling(backTo: try PoolSettings(row))
        }
        return settings
    }

    private static func document(of pools: [QueueName: PoolLoad]) -> String {
        let named = Dictionary(uniqueKeysWithValues: pools.map { ($0.key.rawValue, $0.value) })
        guard let data = try? JSONEncoder.failures.encode(named) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Says at once that a worker sleeps on queues: whoever enqueues there from now on wakes it.
    func sleep(_ worker: WorkerID, on queues: [Int16]) async throws(PostgresError) {
        try await self.database.execute(
            "UPDATE job_worker SET sleeping = \(queues)::smallint[] WHERE id = \(worker.rawValue)")
    }
}
