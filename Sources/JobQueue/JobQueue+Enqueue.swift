public import Content
public import FoundationEssentials
import JobLifecycle
public import Postgres

/// What the jobs of one run have in common.
public struct JobScope: Sendable {
    /// A version, for the jobs of its build.
    public let id: UUID?
    public let developer: DeveloperID?

    public init(id: UUID?, developer: DeveloperID?) {
        self.id = id
        self.developer = developer
    }

    public static let none = JobScope(id: nil, developer: nil)
}

extension JobQueue {
    /// Enqueues one job in the caller's transaction: it exists if the transaction commits.
    @discardableResult
    public func enqueue(
        _ job: some Job, scope: JobScope = .none, delay: Duration = .zero, in executor: some SQLExecutor
    ) async throws -> JobID {
        var graph = JobGraph()
        graph.add(job, delay: delay)
        return try await self.enqueue(graph, scope: scope, in: executor)[0]
    }

    /// Enqueues a job unless one with the same key is waiting or running.
    ///
    /// - Returns: nil when there is one.
    @discardableResult
    public func enqueue(
        _ job: some Job, unique key: String, scope: JobScope = .none, in transaction: Transaction
    ) async throws -> JobID? {
        let ids = try await self.reserve(1, in: transaction)
        let held = try await transaction.execute(
            "INSERT INTO job_unique (key, id) VALUES (\(key), \(ids[0])) ON CONFLICT (key) DO NOTHING")
        guard held == 1 else { return nil }
        var graph = JobGraph()
        graph.add(job)
        return try await self.insert(graph, as: ids, scope: scope, in: transaction)[0]
    }

    /// Enqueues jobs that wait for each other, all or none.
    ///
    /// - Returns: their numbers, in the order they were added.
    @discardableResult
    public func enqueue(_ graph: JobGraph, scope: JobScope, in executor: some SQLExecutor) async throws -> [JobID] {
        guard !graph.isEmpty else { return [] }
        let ids = try await self.reserve(graph.jobs.count, in: executor)
        return try await self.insert(graph, as: ids, scope: scope, in: executor)
    }

    private func reserve(_ count: Int, in executor: some SQLExecutor) async throws(PostgresError) -> [Int64] {
        try await executor.rows(
            """
            SELECT nextval(pg_get_serial_sequence('job', 'id')) AS id
            FROM generate_series(1, \(Int64(count)))
            ORDER BY id
            """
        ).map { row throws(PostgresError) in try row("id") }
    }

    private func insert(
        _ graph: JobGraph, as ids: [Int64], scope: JobScope, in executor: some SQLExecutor
    ) async throws -> [JobID] {
        let nodes = try await self.columns(of: graph)
        // One statement: a crash leaves all of it or nothing. Sleeping workers are woken when it commits, and only if
        // there are any: a NOTIFY in every transaction would serialise all commits.
        _ = try await executor.rows(
            """
            WITH node AS (
                SELECT * FROM unnest(
                    \(ids)::bigint[], \(nodes.queues)::smallint[], \(nodes.kinds)::text[], \(nodes.payloads)::text[],
                    \(nodes.priorities)::smallint[], \(nodes.maxAttempts)::smallint[], \(nodes.timeouts)::bigint[],
                    \(nodes.delays)::bigint[], \(nodes.missing)::integer[])
                AS node (id, queue, kind, payload, priority, max_attempts, timeout, delay, missing)
            ), body AS (
                INSERT INTO job (id, queue, kind, payload, priority, max_attempts, timeout, scope, developer_id)
                SELECT id, queue, kind, payload::jsonb, priority, max_attempts,
                       timeout * interval '1 millisecond', \(scope.id)::uuid, \(scope.developer)::uuid
                FROM node
            ), edge AS (
                INSERT INTO job_edge (parent, child, tolerant)
                SELECT * FROM unnest(
                    \(graph.edges.map { ids[$0.parent] })::bigint[], \(graph.edges.map { ids[$0.child] })::bigint[],
                    \(graph.edges.map(\.tolerant))::boolean[])
            ), parked AS (
                INSERT INTO job_parked (id, queue, priority, missing)
                SELECT id, queue, priority, missing FROM node WHERE missing > 0
            ), later AS (
                INSERT INTO job_later (run_at, id, queue, priority)
                SELECT now() + delay * interval '1 millisecond', id, queue, priority
                FROM node WHERE missing = 0 AND delay > 0
            ), ready AS (
                INSERT INTO job_ready (queue, priority, id)
                SELECT queue, priority, id FROM node WHERE missing = 0 AND delay = 0
                RETURNING queue
            )
            SELECT pg_notify(\(Self.channel), queue::text)
            FROM (SELECT DISTINCT queue FROM ready) AS fresh
            WHERE EXISTS (SELECT FROM job_worker WHERE fresh.queue = ANY (job_worker.sleeping))
            """)
        return ids.map(JobID.init(rawValue:))
    }

    private struct Columns {
        var queues: [Int16] = []
        var kinds: [String] = []
        var payloads: [String] = []
        var priorities: [Int16] = []
        var maxAttempts: [Int16] = []
        var timeouts: [Int64] = []
        var delays: [Int64] = []
        var missing: [Int32] = []
    }

    private func columns(of graph: JobGraph) async throws -> Columns {
        var columns = Columns()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for (job, delay) in zip(graph.jobs, graph.delays) {
            let policy = type(of: job).policy
            columns.queues.append(try await self.number(of: policy.queue))
            columns.kinds.append(type(of: job).kind.rawValue)
            columns.payloads.append(String(decoding: try encoder.encode(job), as: UTF8.self))
            columns.priorities.append(Int16(policy.priority))
            columns.maxAttempts.append(Int16(policy.retry.maxAttempts))
            columns.timeouts.append(policy.timeout.wholeMilliseconds)
            columns.delays.append(delay.wholeMilliseconds)
            columns.missing.append(0)
        }
        for edge in graph.edges { columns.missing[edge.child] += 1 }
        return columns
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
