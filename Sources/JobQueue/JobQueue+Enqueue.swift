import Content
import FoundationEssentials
import JobLifecycle
public import Postgres

extension JobQueue {
    /// Enqueues one job in the caller's transaction: it exists if the transaction commits.
    ///
    /// - Parameters:
    ///   - delay: a rest before it is due, at most ten years; by the server's clock.
    /// - Throws: ``JobQueueError/payloadTooLarge(kind:bytes:limit:)``, `PostgresError`.
    @discardableResult
    public func enqueue(
        _ job: some Job, scope: JobScope = .none, delay: Duration = .zero, in executor: some SQLExecutor
    ) async throws -> JobID {
        if delay <= .zero, scope.key == nil { return try await self.enqueuePlain(job, scope: scope, in: executor) }
        var graph = JobGraph()
        graph.add(job, delay: delay)
        return try await self.enqueue(graph, scope: scope, in: executor)[0]
    }

    /// The common case in one small statement: due at once, and in line by its number.
    private func enqueuePlain(
        _ job: some Job, scope: JobScope, in executor: some SQLExecutor
    ) async throws -> JobID {
        let policy = type(of: job).policy
        let queue = try await self.number(of: policy.queue, in: executor)
        let id = try await self.numbers.one(from: executor)
        let traits = policy.leasing == .batched ? JobTraits.batched.rawValue : 0
        let priority = Int16(policy.priority)
        // What is the same for all jobs of a kind is part of the statement, and so of its plan.
        try await executor.execute(
            """
            WITH body AS (
                INSERT INTO \(Self.table(from: id, through: id))
                    (id, queue, kind, payload, priority, max_attempts, timeout, traits, scope, developer_id,
                     traceparent)
                VALUES (\(id), \(literal: queue), \(type(of: job).kind.rawValue), \(try Self.payload(of: job))::json,
                        \(literal: priority), \(literal: policy.retry.maxAttempts),
                        \(literal: policy.timeout.wholeMilliseconds), \(literal: traits), \(scope.id)::uuid,
                        \(scope.developer)::uuid, \(JobTrace.current))
            ), ready AS (
                INSERT INTO job_ready (queue, priority, rank, id, traits)
                VALUES (\(literal: queue), \(literal: priority), \(id), \(id), \(literal: traits))
            )
            SELECT pg_notify(\(Self.channel), '\(literal: queue)')
            WHERE EXISTS (SELECT FROM job_worker WHERE \(literal: queue)::smallint = ANY (sleeping))
            """)
        return JobID(rawValue: id)
    }

    /// Where the bodies of some numbers go: straight into their partition, which spares the server the search for it. Within
    /// a tenant's scope they go by way of the parent, which is the one that row-level security guards.
    static func table(from first: Int64, through last: Int64) -> SQL {
        let number = first / PartitionPlan.size
        guard RowScope.current == nil, last / PartitionPlan.size == number else { return "job" }
        return SQL(trusted: "job_\(number)")
    }

    /// Enqueues a job unless one with the same key is waiting or running.
    ///
    /// - Returns: nil when there is one.
    @discardableResult
    public func enqueue(
        _ job: some Job, unique key: String, scope: JobScope = .none, in transaction: Transaction
    ) async throws -> JobID? {
        let id = try await self.numbers.one(from: transaction)
        let held = try await transaction.execute(
            "INSERT INTO job_unique (key, id) VALUES (\(key), \(id)) ON CONFLICT (key) DO NOTHING")
        guard held == 1 else { return nil }
        var graph = JobGraph()
        graph.add(job)
        return try await self.insert(graph, as: [id], scope: scope, traits: .unique, in: transaction)[0]
    }

    /// Enqueues jobs that wait for each other, all or none.
    ///
    /// - Returns: their numbers, in the order they were added.
    @discardableResult
    public func enqueue(_ graph: JobGraph, scope: JobScope, in executor: some SQLExecutor) async throws -> [JobID] {
        guard !graph.isEmpty else { return [] }
        let ids = try await self.numbers.many(graph.jobs.count, from: executor)
        return try await self.insert(graph, as: ids, scope: scope, traits: [], in: executor)
    }

    func insert(
        _ graph: JobGraph, as ids: [Int64], scope: JobScope, traits: JobTraits, in executor: some SQLExecutor
    ) async throws -> [JobID] {
        var nodes = try await self.columns(of: graph, traits: traits, in: executor)
        var key: Int32?
        if let name = scope.key {
            key = try await self.number(ofKey: name, in: executor)
            try await self.takeTurns(&nodes, ids: ids, key: key ?? 0, in: executor)
        }
        let due = key == nil ? nodes.due(ids) : Columns.Due()
        // One statement: a crash leaves all of it or nothing.
        try await executor.execute(
            """
            WITH node AS (
                SELECT * FROM unnest(
                    \(ids)::bigint[], \(nodes.ranks)::bigint[], \(nodes.queues)::smallint[], \(nodes.kinds)::text[],
                    \(nodes.payloads)::text[], \(nodes.priorities)::smallint[], \(nodes.maxAttempts)::smallint[],
                    \(nodes.timeouts)::integer[], \(nodes.traits)::smallint[], \(nodes.delays)::bigint[],
                    \(nodes.missing)::integer[])
                AS node (id, rank, queue, kind, payload, priority, max_attempts, timeout, traits, delay, missing)
            ), body AS (
                INSERT INTO job (id, rank, key, queue, kind, payload, priority, max_attempts, timeout, traits, scope,
                                 developer_id, traceparent)
                SELECT id, rank, \(key)::integer, queue, kind, payload::json, priority, max_attempts, timeout, traits,
                       \(scope.id)::uuid, \(scope.developer)::uuid, \(JobTrace.current)
                FROM node
            ), edge AS (
                INSERT INTO job_edge (parent, child, tolerant)
                SELECT * FROM unnest(
                    \(graph.edges.map { ids[$0.parent] })::bigint[], \(graph.edges.map { ids[$0.child] })::bigint[],
                    \(graph.edges.map(\.tolerant))::boolean[])
            ), parked AS (
                INSERT INTO job_parked (id, missing) SELECT id, missing FROM node WHERE missing > 0
            ), later AS (
                INSERT INTO job_later (run_at, id)
                SELECT now() + delay * interval '1 millisecond', id FROM node WHERE missing = 0 AND delay > 0
            ), ready AS (
                INSERT INTO job_ready (queue, priority, rank, id, traits, span)
                SELECT queue, priority, id, id, traits, span FROM unnest(
                    \(due.queues)::smallint[], \(due.priorities)::smallint[], \(due.ids)::bigint[],
                    \(due.traits)::smallint[], \(due.spans)::smallint[]) AS due (queue, priority, id, traits, span)
                RETURNING queue
            )
            SELECT pg_notify(\(Self.channel), queue::text)
            FROM (SELECT DISTINCT queue FROM ready) AS fresh
            WHERE EXISTS (SELECT FROM job_worker WHERE fresh.queue = ANY (job_worker.sleeping))
            """)
        if key != nil {
            let arriving = ids.indices.filter { nodes.missing[$0] == 0 && nodes.delays[$0] <= 0 }.map { ids[$0] }
            try await self.arrive(arriving, in: executor)
        }
        return ids.map(JobID.init(rawValue:))
    }

    /// Takes jobs in that are due for the first time.
    func arrive(_ ids: [Int64], in executor: some SQLExecutor) async throws(PostgresError) {
        guard !ids.isEmpty else { return }
        let attempts = [Int16](repeating: 0, count: ids.count)
        try await executor.execute("SELECT job_arrive(\(ids)::bigint[], \(attempts)::smallint[])")
    }

    /// Gives jobs of a key their turns among those of other keys.
    ///
    /// Start-time fair queueing (Goyal, Vin, Cheng, "Start-time Fair Queuing", SIGCOMM 1996): a key's next job starts
    /// where its last one ended, or where the queue is now if that is later; each takes 100 / weight of virtual time.
    private func takeTurns(
        _ nodes: inout Columns, ids: [Int64], key: Int32, in executor: some SQLExecutor
    ) async throws(PostgresError) {
        var counts: [Int16: Int32] = [:]
        var first: [Int16: (priority: Int16, id: Int64)] = [:]
        for (index, queue) in nodes.queues.enumerated() {
            counts[queue, default: 0] += 1
            if first[queue].map({ nodes.priorities[index] < $0.priority }) ?? true {
                first[queue] = (nodes.priorities[index], ids[index])
            }
        }
        let queues = counts.keys.sorted()
        let rows = try await executor.rows(
            """
            WITH fresh AS (
                SELECT * FROM unnest(\(queues)::smallint[], \(queues.map { counts[$0] ?? 0 })::integer[],
                                     \(queues.map { first[$0]?.priority ?? 0 })::smallint[],
                                     \(queues.map { first[$0]?.id ?? 0 })::bigint[]) AS fresh (queue, jobs, priority, id)
            ), begun AS (
                INSERT INTO job_lane (queue, priority, reached) SELECT queue, priority, id FROM fresh
                ORDER BY queue, priority ON CONFLICT DO NOTHING
            )
            INSERT INTO job_share AS share (queue, key, start, asked, finish)
            SELECT fresh.queue, \(key)::integer, coalesce(lane.reached, fresh.id), fresh.jobs,
                   coalesce(lane.reached, fresh.id) + fresh.jobs * 10
            FROM fresh LEFT JOIN job_lane AS lane ON lane.queue = fresh.queue AND lane.priority = fresh.priority
            ORDER BY fresh.queue
            ON CONFLICT (queue, key) DO UPDATE
            SET start = greatest(share.finish, EXCLUDED.start), asked = EXCLUDED.asked,
                finish = greatest(share.finish, EXCLUDED.start) + EXCLUDED.asked * (100 / share.weight)
            RETURNING queue, start, 100 / weight AS stride
            """)
        var next: [Int16: Int64] = [:]
        var strides: [Int16: Int64] = [:]
        for row in rows {
            let queue: Int16 = try row("queue")
            let stride: Int32 = try row("stride")
            next[queue] = try row("start")
            strides[queue] = Int64(stride)
        }
        for (index, queue) in nodes.queues.enumerated() {
            nodes.ranks[index] = next[queue]
            next[queue, default: 0] += strides[queue] ?? 10
        }
    }

    private struct Columns {
        var ranks: [Int64?] = []
        var queues: [Int16] = []
        var kinds: [String] = []
        var payloads: [String] = []
        var priorities: [Int16] = []
        var maxAttempts: [Int16] = []
        var timeouts: [Int32] = []
        var traits: [Int16] = []
        var delays: [Int64] = []
        var missing: [Int32] = []

        /// Rows of `job_ready`.
        struct Due {
            var queues: [Int16] = []
            var priorities: [Int16] = []
            var ids: [Int64] = []
            var traits: [Int16] = []
            var spans: [Int16] = []
        }

        /// Those that wait for nothing, the short ones in runs.
        func due(_ ids: [Int64]) -> Due {
            func isDue(_ place: Int) -> Bool { self.missing[place] == 0 && self.delays[place] <= 0 }
            var due = Due()
            var place = 0
            for run in JobRun.runs(of: ids, where: { isDue($0) && isDue($1) && self.isShort($0, like: $1) }) {
                defer { place += Int(run.span) }
                guard isDue(place) else { continue }
                due.queues.append(self.queues[place])
                due.priorities.append(self.priorities[place])
                due.ids.append(run.first)
                due.traits.append(self.traits[place])
                due.spans.append(run.span)
            }
            return due
        }

        private func isShort(_ place: Int, like next: Int) -> Bool {
            JobTraits(rawValue: self.traits[place]).contains(.batched) && self.traits[place] == self.traits[next]
                && self.queues[place] == self.queues[next] && self.priorities[place] == self.priorities[next]
                && self.kinds[place] == self.kinds[next]
        }
    }

    private func columns(
        of graph: JobGraph, traits: JobTraits, in executor: some SQLExecutor
    ) async throws -> Columns {
        var columns = Columns()
        var numbers: [QueueName: Int16] = [:]
        for (job, delay) in zip(graph.jobs, graph.delays) {
            let policy = type(of: job).policy
            if numbers[policy.queue] == nil {
                numbers[policy.queue] = try await self.number(of: policy.queue, in: executor)
            }
            columns.ranks.append(nil)
            columns.queues.append(numbers[policy.queue] ?? 0)
            columns.kinds.append(type(of: job).kind.rawValue)
            columns.payloads.append(try Self.payload(of: job))
            columns.priorities.append(Int16(policy.priority))
            columns.maxAttempts.append(Int16(policy.retry.maxAttempts))
            columns.timeouts.append(Int32(policy.timeout.wholeMilliseconds))
            columns.traits.append(traits.union(policy.leasing == .batched ? .batched : []).rawValue)
            columns.delays.append(min(delay, Self.longestDelay).wholeMilliseconds)
            columns.missing.append(0)
        }
        for edge in graph.edges {
            columns.missing[edge.child] += 1
            columns.traits[edge.parent] |= JobTraits.followed.rawValue
        }
        return columns
    }

    /// Ten years; a longer delay is a mistake, and this one harmless.
    static let longestDelay = Duration.seconds(3650 * 86_400)

    static func payload(of job: some Job) throws -> String { String(decoding: try Self.encode(job), as: UTF8.self) }

    /// The payload as JSON.
    static func encode(_ job: some Job) throws -> [UInt8] {
        let data = try JSONEncoder.payloads.encode(job)
        guard data.count <= Self.largestPayload else {
            throw JobQueueError.payloadTooLarge(
                kind: type(of: job).kind, bytes: data.count, limit: Self.largestPayload)
        }
        return [UInt8](data)
    }
}

extension JSONEncoder {
    /// Writes payloads; the same job gives the same bytes.
    fileprivate static let payloads: JSONEncoder = {
        let encoder = JSONEncoder()
        // Slashes as they are: paths are many, and every backslash has to be escaped again for COPY.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}
