public import JobLifecycle
public import Postgres

extension JobQueue {
    /// Every queue and what holds for it, in order of name; at most 1,000.
    public func queues() async throws(PostgresError) -> [(queue: QueueName, settings: QueueSettings)] {
        try await self.database.rows("SELECT \(Self.queueColumns) FROM job_queue AS queue ORDER BY name LIMIT 1000")
            .map { row throws(PostgresError) in (QueueName(rawValue: try row("name")), try QueueSettings(row)) }
    }

    /// Changes what holds for a queue. Effective at once where jobs are leased, on all workers; a queue is made if need be.
    ///
    /// - Parameter actor: who does it, for the audit: 1 to 200 characters.
    /// - Throws: ``JobQueueError/invalidSettings(_:)``, `PostgresError`.
    @discardableResult
    public func change(_ queue: QueueName, _ change: QueueChange, by actor: String) async throws -> QueueSettings {
        let number = try await self.number(of: queue)
        return try await self.database.transaction { transaction in
            let row = try await transaction.row(
                "SELECT \(Self.queueColumns) FROM job_queue AS queue WHERE id = \(number) FOR NO KEY UPDATE")
            guard let row else { throw JobQueueError.unknownQueue(queue) }
            let old = try QueueSettings(row)
            let new = change.applied(to: old)
            guard new.problems.isEmpty else { throw JobQueueError.invalidSettings(new.problems) }
            let before = try await self.document(ofQueue: number, in: transaction)
            try await transaction.execute(
                """
                UPDATE job_queue
                SET paused = \(new.paused), running_limit = \(new.runningLimit.map { Int32($0) }),
                    key_limit = \(new.keyLimit.map { Int32($0) }), rate = \(new.rate?.perSecond),
                    burst = \(new.rate.map { Int32($0.burst) }),
                    tokens = least(tokens, \(Double(new.rate?.burst ?? 0))),
                    recount_at = CASE WHEN \(new.keyLimit != old.keyLimit) THEN clock_timestamp() + interval '3 seconds'
                                      ELSE recount_at END
                WHERE id = \(number)
                """)
            if new.keyLimit != old.keyLimit { try await transaction.execute("SELECT job_recount(\(number))") }
            let after = try await self.document(ofQueue: number, in: transaction)
            try await self.audit("queue.change", queue.rawValue, from: before, to: after, by: actor, in: transaction)
            try await self.tellOfSettings(in: transaction)
            return new
        }
    }

    /// What operators have said about pools, in order of queue and node; at most 10,000.
    public func pools() async throws(PostgresError) -> [PoolStatus] {
        try await self.database.rows(
            """
            SELECT queue.name AS queue, \(Self.poolColumns), pool.changed_at, pool.changed_by
            FROM job_pool AS pool JOIN job_queue AS queue ON queue.id = pool.queue
            ORDER BY queue.name, pool.node LIMIT 10000
            """
        ).map { row throws(PostgresError) in
            let node: String = try row("node")
            return PoolStatus(
                queue: QueueName(rawValue: try row("queue")), node: node.isEmpty ? nil : node,
                settings: try PoolSettings(row), changedAt: try row("changed_at"), changedBy: try row("changed_by"))
        }
    }

    /// Changes the pools of a queue, on one node or on all. Effective in well under a second, and until changed again.
    ///
    /// A slot count of 0 is a pool that runs nothing; attempts that run are never disturbed by fewer slots.
    ///
    /// - Parameters:
    ///   - node: as workers name theirs, at most 128 characters; nil: all nodes.
    ///   - actor: who does it, for the audit: 1 to 200 characters.
    /// - Returns: what is now said for just this queue and node.
    /// - Throws: ``JobQueueError/unknownQueue(_:)``, ``JobQueueError/invalidSettings(_:)``, `PostgresError`.
    @discardableResult
    public func change(
        poolsOf queue: QueueName, on node: String?, _ change: PoolChange, by actor: String
    ) async throws -> PoolSettings {
        guard let number = try await self.existingNumber(of: queue, in: self.database) else {
            throw JobQueueError.unknownQueue(queue)
        }
        guard (node ?? "").count <= 128 else {
            throw JobQueueError.invalidSettings([
                Failure.Problem(code: "too-long", path: "node", message: "a node's name has at most 128 characters")
            ])
        }
        return try await self.database.transaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO job_pool (queue, node, changed_by) VALUES (\(number), \(node ?? ""), \(actor))
                ON CONFLICT DO NOTHING
                """)
            return try await self.change(pool: number, queue: queue, on: node ?? "", change, by: actor, in: transaction)
        }
    }

    private func change(
        pool number: Int16, queue: QueueName, on node: String, _ change: PoolChange, by actor: String,
        in transaction: Transaction
    ) async throws -> PoolSettings {
        let row = try await transaction.row(
            """
            SELECT \(Self.poolColumns), to_jsonb(pool)::text AS document FROM job_pool AS pool
            WHERE queue = \(number) AND node = \(node) FOR UPDATE
            """)
        guard let row else { throw JobQueueError.unknownQueue(queue) }
        let new = change.applied(to: try PoolSettings(row))
        guard new.problems.isEmpty else { throw JobQueueError.invalidSettings(new.problems) }
        let document = try await transaction.row(
            """
            UPDATE job_pool AS pool
            SET mode = \(new.mode?.rawValue), slots = \(new.slots.map { Int32($0) }),
                prefetch = \(new.prefetch.map { Int32($0) }), least_urgent = \(new.leastUrgent.map { Int16($0) }),
                tuned_from = \((new.tuning?.lowerBound).map { Int32($0) }),
                tuned_to = \((new.tuning?.upperBound).map { Int32($0) }), changed_at = now(), changed_by = \(actor)
            WHERE queue = \(number) AND node = \(node)
            RETURNING to_jsonb(pool)::text AS document
            """)
        try await self.audit(
            "pool.change", node.isEmpty ? queue.rawValue : "\(queue)@\(node)", from: try row("document"),
            to: try document?("document"), by: actor, in: transaction)
        try await self.tellOfSettings(in: transaction)
        return new
    }

    /// The keys of a queue: the most held first; at most 1,000.
    public func shares(of queue: QueueName) async throws -> [KeyShare] {
        guard let number = try await self.existingNumber(of: queue, in: self.database) else {
            throw JobQueueError.unknownQueue(queue)
        }
        return try await self.database.rows(
            """
            SELECT key.name, share.weight, share.cap, share.used, held.jobs
            FROM job_share AS share JOIN job_key AS key ON key.id = share.key
            CROSS JOIN LATERAL (
                SELECT count(*) AS jobs FROM (
                    SELECT FROM job_held WHERE job_held.queue = share.queue AND job_held.key = share.key LIMIT 10000
                ) AS some
            ) AS held
            WHERE share.queue = \(number) ORDER BY held.jobs DESC, share.used DESC, key.name LIMIT 1000
            """
        ).map { row throws(PostgresError) in
            let weight: Int16 = try row("weight")
            let cap: Int32? = try row("cap")
            let used: Int32 = try row("used")
            let held: Int64 = try row("jobs")
            return KeyShare(
                queue: queue, key: try row("name"), weight: Int(weight), cap: cap.map(Int.init), used: Int(used),
                held: Int(held))
        }
    }

    /// Changes a key's part of a queue: its limit at once and exactly, its weight for jobs enqueued from now on.
    ///
    /// - Parameters:
    ///   - cap: jobs at a time, 0 to 10,000; unset: the queue's limit.
    ///   - weight: 1 to 100; unset: 10.
    /// - Throws: ``JobQueueError/unknownQueue(_:)``, ``JobQueueError/invalidSettings(_:)``, `PostgresError`.
    public func change(
        key: String, of queue: QueueName, cap: Setting<Int> = .keep, weight: Setting<Int> = .keep, by actor: String
    ) async throws {
        guard let number = try await self.existingNumber(of: queue, in: self.database) else {
            throw JobQueueError.unknownQueue(queue)
        }
        var problems: [Failure.Problem] = []
        if case .set(let cap) = cap, !(0...10_000).contains(cap) {
            problems.append(.init(code: "out-of-range", path: "cap", message: "\(cap) is not between 0 and 10000"))
        }
        if case .set(let weight) = weight, !(1...100).contains(weight) {
            problems.append(.init(code: "out-of-range", path: "weight", message: "\(weight) is not between 1 and 100"))
        }
        if !(1...200).contains(key.count) {
            problems.append(.init(code: "out-of-range", path: "key", message: "a key has 1 to 200 characters"))
        }
        guard problems.isEmpty else { throw JobQueueError.invalidSettings(problems) }
        try await self.database.transaction { transaction in
            let id = try await self.number(ofKey: key, in: transaction)
            try await transaction.execute(
                "INSERT INTO job_share (queue, key) VALUES (\(number), \(id)) ON CONFLICT DO NOTHING")
            let row = try await transaction.row(
                """
                SELECT cap, weight, jsonb_build_object('cap', cap, 'weight', weight)::text AS document
                FROM job_share WHERE queue = \(number) AND key = \(id) FOR UPDATE
                """)
            guard let row else { throw JobQueueError.unknownQueue(queue) }
            let oldCap: Int32? = try row("cap")
            let oldWeight: Int16 = try row("weight")
            let newCap = cap.applied(to: oldCap.map(Int.init))
            let newWeight = weight.applied(to: Int(oldWeight)) ?? 10
            let document = try await transaction.row(
                """
                UPDATE job_share SET cap = \(newCap.map { Int32($0) }), weight = \(Int16(newWeight))
                WHERE queue = \(number) AND key = \(id)
                RETURNING jsonb_build_object('cap', cap, 'weight', weight)::text AS document
                """)
            try await transaction.execute("SELECT job_recount(\(number))")
            try await transaction.execute(
                "UPDATE job_queue SET recount_at = clock_timestamp() + interval '3 seconds' WHERE id = \(number)")
            try await self.audit(
                "key.change", "\(queue)/\(key)", from: try row("document"), to: try document?("document"), by: actor,
                in: transaction)
            try await self.tellOfSettings(in: transaction)
        }
    }

    private func document(ofQueue number: Int16, in transaction: Transaction) async throws(PostgresError) -> String? {
        try await transaction.row(
            """
            SELECT jsonb_build_object('paused', paused, 'running_limit', running_limit, 'key_limit', key_limit,
                                      'rate', rate, 'burst', burst)::text AS document
            FROM job_queue WHERE id = \(number)
            """)?("document")
    }

    /// Has every worker read its settings now.
    func tellOfSettings(in executor: some SQLExecutor) async throws(PostgresError) {
        try await executor.execute("SELECT pg_notify(\(Self.channel), \(Self.settingsChanged))")
    }

    static let queueColumns: SQL =
        "queue.name, queue.paused, queue.running_limit, queue.key_limit, queue.rate, queue.burst"
    static let poolColumns: SQL =
        "pool.node, pool.mode, pool.slots, pool.prefetch, pool.least_urgent, pool.tuned_from, pool.tuned_to"
}

extension QueueSettings {
    init(_ row: Row) throws(PostgresError) {
        let runningLimit: Int32? = try row("running_limit")
        let keyLimit: Int32? = try row("key_limit")
        let rate: Double? = try row("rate")
        let burst: Int32? = try row("burst")
        self.init(
            paused: try row("paused"), runningLimit: runningLimit.map(Int.init), keyLimit: keyLimit.map(Int.init),
            rate: rate.map { RateLimit(perSecond: $0, burst: Int(burst ?? 1)) })
    }
}

extension PoolSettings {
    init(_ row: Row) throws(PostgresError) {
        let mode: String? = try row("mode")
        let slots: Int32? = try row("slots")
        let prefetch: Int32? = try row("prefetch")
        let leastUrgent: Int16? = try row("least_urgent")
        let from: Int32? = try row("tuned_from")
        let to: Int32? = try row("tuned_to")
        var tuning: ClosedRange<Int>?
        if let from, let to { tuning = Int(from)...Int(max(from, to)) }
        self.init(
            mode: mode.flatMap(PoolMode.init), slots: slots.map(Int.init), prefetch: prefetch.map(Int.init),
            leastUrgent: leastUrgent.map(Int.init), tuning: tuning)
    }
}
