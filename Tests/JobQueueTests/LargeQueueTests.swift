import Foundation
import JobLifecycle
import JobQueue
import Postgres
import TestKit
import Testing

/// A queue with a long past and a long line, and one whose dead rows nobody may remove.
@Suite("Large queues", .serialized)
struct LargeQueueTests {
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1"
    /// `SLIPWAY_LONG_TESTS=1` asks for a million and ten million.
    private static let waiting: Int64 = Self.isLong ? 1_000_000 : 20_000
    private static let finished: Int64 = Self.isLong ? 10_000_000 : 200_000

    /// Finished jobs in batches of a thousand, one in a hundred with an outcome of its own; then those that wait.
    private func fill(_ database: Database, queue: Int16) async throws {
        let partitions = (Self.waiting + Self.finished) / 10_000_000 + 3
        try await database.execute("SELECT job_make_partition(n) FROM generate_series(3, \(partitions)) AS n")
        try await database.execute(
            """
            INSERT INTO job (id, timeout, queue, max_attempts, traits, kind, payload)
            SELECT id, 1000, \(queue), 3, 1, 'quick', '{"number": 1}' FROM generate_series(256, \(255 + Self.finished)) AS id
            """)
        try await database.execute(
            """
            INSERT INTO job_done (low, high, started_at, worker, queue, ids)
            SELECT low, low + 999, now(), 1, \(queue), ARRAY (SELECT generate_series(low, low + 999))
            FROM generate_series(256, \(255 + Self.finished), 1000) AS low
            """)
        try await database.execute(
            """
            INSERT INTO job_outcome (id, attempt, state, final, worker, started_at)
            SELECT id, 1, 'retried', false, 1, now() FROM generate_series(256, \(255 + Self.finished), 100) AS id
            """)
        let first = 256 + Self.finished
        try await database.execute(
            """
            WITH body AS (
                INSERT INTO job (id, timeout, queue, max_attempts, traits, kind, payload)
                SELECT id, 1000, \(queue), 3, 1, 'quick', '{"number": 1}'
                FROM generate_series(\(first), \(first + Self.waiting - 1)) AS id
            )
            INSERT INTO job_ready (queue, priority, rank, id, traits)
            SELECT \(queue), 0, id, id, 1 FROM generate_series(\(first), \(first + Self.waiting - 1)) AS id
            """)
        try await database.execute("SELECT setval('job_id', \((first + Self.waiting) / 256 * 256 + 256))")
        try await database.execute("ANALYZE")
    }

    @Test("behind a long past and a long line, claims, lists, counts and questions read as little as ever")
    func longLine() async throws {
        try await PostgresServer.run(onDisk: Self.isLong) { server in
            var configuration = DatabaseConfiguration(url: server.url, maxConnections: 12)
            configuration.statementTimeout = .seconds(600)
            let database = Database(configuration)
            let queue = JobQueue(database: database)
            do {
                try await self.fill(database, queue: try await queue.number(of: "quick"))
                try await self.check(queue, database)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    private func check(_ queue: JobQueue, _ database: Database) async throws {
        let health = try await queue.health()
        #expect(health.walkBuffers < 50, "\(health.walkBuffers) buffers for a claim of one")
        for plan in health.plans { #expect(plan.isPinned, "\(plan.nodes)") }
        let depth = try #require(try await queue.depths().first)
        #expect(depth.ready == 10_000, "where counting stops")

        // What people ask, with the blocks that the questions may touch.
        let some = JobID(rawValue: 256 + Self.finished / 2)
        try await self.expect(blocks: 20_000, database) {
            var filter = JobFilter()
            #expect(try await queue.jobs(filter, limit: 50).count == 50)
            for state in JobState.allCases {
                filter.states = [state]
                let jobs = try await queue.jobs(filter, limit: 50)
                #expect(jobs.count == (state == .available || state == .completed ? 50 : 0), "\(state)")
            }
            #expect(try await queue.state(of: some) == .completed)
            #expect(try await queue.detail(of: some) != nil)
        }
        // And it works.
        let seen = Seen()
        var registry = JobRegistry()
        registry.register(
            ClosureHandler<Quick> { _, attempt in
                seen.insert(Int(attempt.job.rawValue))
                return .completed
            })
        let work = registry
        try await runWorker(queue, work, queues: ["quick"]) { seen.count >= 10_000 }
    }

    /// Blocks of tables and indexes that other sessions have asked for meanwhile.
    private func expect(blocks limit: Int64, _ database: Database, _ body: () async throws -> Void) async throws {
        let before = try await Self.blocks(database)
        try await body()
        let touched = try await Self.blocks(database) - before
        #expect(touched < limit, "\(touched) blocks")
    }

    /// After a second and a half: that is how long a session keeps its counts to itself.
    static func blocks(_ database: Database) async throws -> Int64 {
        try await Task.sleep(for: .milliseconds(1500))
        // A session tells of what it has done when it next does something.
        for _ in 0..<12 { _ = try await database.row("SELECT pg_stat_force_next_flush()") }
        return try await database.row(
            """
            SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::bigint AS blocks
            FROM pg_statio_user_tables
            """)?("blocks") ?? 0
    }

    @Test("while somebody holds a snapshot, the thousandth claim walks no further than the first hundred did")
    func boundedWalk() async throws {
        try await withQueue { queue, database in
            var registry = JobRegistry()
            registry.register(ClosureHandler<Noop> { _, _ in .completed })
            let work = registry
            func drain(_ first: Int) async throws -> Int64 {
                try await database.transaction { transaction in
                    _ = try await queue.enqueue(
                        copying: (first..<first + 3000).map { Noop(number: $0) }, in: transaction)
                }
                let before = try await Self.touched(database)
                try await runWorker(queue, work, slots: 4, queues: ["test"]) {
                    guard try await count("job_ready", database) == 0 else { return false }
                    return try await count("job_lease", database) == 0
                }
                return try await Self.touched(database) - before
            }
            try await database.transaction(.repeatableRead) { holder in
                _ = try await holder.row("SELECT count(*) FROM job_ready")
                let fresh = try await drain(0)
                let later = try await drain(10_000)
                print("bounded walk: \(fresh) blocks, then \(later)")
                // A walk from the start would touch the dead of all claims before, each time: a hundred times as many.
                #expect(later < fresh * 4 + 50_000, "\(fresh) blocks, then \(later)")
            }
        }
    }

    /// Blocks that have been touched in looking for due jobs, by sessions that have ended.
    private static func touched(_ database: Database) async throws -> Int64 {
        try await Task.sleep(for: .milliseconds(300))
        return try await database.row(
            """
            SELECT (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::bigint AS blocks
            FROM pg_statio_user_tables WHERE relid = 'job_ready'::regclass
            """)?("blocks") ?? 0
    }
}
