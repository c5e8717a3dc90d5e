import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Under stress")
struct StressTests {
    private func registry(_ seen: Seen) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(
            ClosureHandler<Sturdy> { work, _ in
                seen.insert(work.number)
                return .completed
            })
        registry.register(
            ClosureHandler<Recorded> { work, _ in
                .completed { try await $0.execute("INSERT INTO effect VALUES (\(work.number))") }
            })
        return registry
    }

    private func enqueue(_ count: Int, _ queue: JobQueue, _ database: Database) async throws {
        try await database.execute("CREATE TABLE effect (number integer PRIMARY KEY)")
        try await database.transaction { transaction in
            _ = try await queue.enqueue(copying: (0..<count).map { Sturdy(number: $0) }, in: transaction)
            var graph = JobGraph()
            for number in 0..<count / 10 { graph.add(Recorded(number: number)) }
            _ = try await queue.enqueue(graph, scope: .none, in: transaction)
        }
    }

    /// Nothing waits, nothing runs, and nothing was lost.
    private func isDone(_ count: Int, _ database: Database) async throws -> Bool {
        guard try await JobQueueTests.count("effect", database) == count / 10 else { return false }
        return try await JobQueueTests.count("unnest_ids", database) == count
    }

    @Test("every connection of the workers is killed again and again, and every job still ends once")
    func killedConnections() async throws {
        try await withQueue { queue, database in
            let seen = Seen()
            try await self.enqueue(4000, queue, database)
            let killer = Task {
                for _ in 0..<12 {
                    try await Task.sleep(for: .milliseconds(60))
                    try await database.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                }
            }
            try await runWorker(queue, self.registry(seen), queues: ["quick", "test"], heartbeat: .milliseconds(50)) {
                (try? await self.isDone(4000, database)) ?? false
            }
            try await killer.value
            #expect(seen.count == 4000)
            #expect(try await self.isDone(4000, database))
        }
    }

    @Test("behind a pooler that hands out transactions nothing is prepared, and all the same is done")
    func pooler() async throws {
        try await withQueue({ $0.preparedStatements = false }) { queue, database in
            let seen = Seen()
            try await self.enqueue(500, queue, database)
            try await runWorker(queue, self.registry(seen), queues: ["quick", "test"]) {
                try await self.isDone(500, database)
            }
            #expect(seen.count == 500)
        }
    }

    @Test("handlers that take every connection do not keep the worker from living")
    func exhaustedPool() async throws {
        try await withQueue({ $0.maxConnections = 2 }) { queue, database in
            try await database.execute("CREATE TABLE effect (number integer PRIMARY KEY)")
            let blocked = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { work, _ in
                    guard work.number < 2 else { return .completed }
                    try await database.transaction { transaction in
                        blocked.insert(work.number)
                        try await transaction.execute("SELECT pg_sleep(1.5)")
                    }
                    return .completed
                })
            for number in 0..<20 { _ = try await queue.enqueue(Noop(number: number), through: database) }
            // Silence is half of how long the connections are taken.
            try await runWorker(queue, registry, heartbeat: .milliseconds(100), silence: .milliseconds(700)) {
                guard blocked.count == 2 else { return false }
                return try await queue.jobs(JobFilter(), limit: 50).allSatisfy { $0.state == .completed }
            }
            #expect(try await queue.jobs(JobFilter(), limit: 50).allSatisfy { $0.attempt == 1 })
        }
    }

    @Test("a snapshot held by somebody is reported with its pid and query; jobs that come back are found all the same")
    func heldSnapshot() async throws {
        struct OnPurpose: Error {}
        try await withQueue { queue, database in
            let jobs = (0..<3000).map { Quick(number: $0) }
            try await database.transaction { _ = try await queue.enqueue(copying: jobs, in: $0) }
            try await database.transaction(.repeatableRead) { holder in
                let pid: Int32? = try await holder.row("SELECT pg_backend_pid() AS pid, count(*) FROM job_ready")?(
                    "pid")
                try await Task.sleep(for: .milliseconds(20))
                let health = try await queue.health(patience: .milliseconds(1))
                #expect(health.oldestSnapshot?.pid == pid)
                #expect(health.oldestSnapshot?.query.contains("job_ready") == true)
                #expect(health.problems.contains { $0.code == "held-snapshot" })
                var registry = JobRegistry()
                registry.register(
                    ClosureHandler<Quick> { work, attempt in
                        if work.number % 100 == 0, attempt.number == 1 { throw OnPurpose() }
                        return .completed
                    })
                let quick = registry
                try await runWorker(queue, quick) { try await count("unnest_ids", database) == 3000 }
            }
        }
    }

    @Test("the plans of the claim and the acknowledgements keep to their indexes, whatever the statistics say")
    func plans() async throws {
        try await withQueue { queue, database in
            _ = try await queue.number(of: "quick")
            for jobs in [0, 3000] {
                try await database.transaction {
                    _ = try await queue.enqueue(copying: (0..<jobs).map { Quick(number: $0) }, in: $0)
                }
                try await database.execute("ANALYZE")
                let health = try await queue.health()
                #expect(health.plans.count == 3)
                for plan in health.plans { #expect(plan.isPinned, "\(plan.nodes)") }
                #expect(health.problems.map(\.code) == ["no-worker"])
                #expect(health.runway > 10_000_000)
            }
        }
    }

    @Test("partitions are made ahead, turned daily, and dropped with their history when nothing lives in them")
    func partitions() async throws {
        try await withQueue { queue, database in
            let old = try await queue.enqueue(Noop(), through: database)
            let live = try await queue.enqueue(Noop(), through: database)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            #expect(leased.id == old)
            _ = try await queue.end(leased, as: .completed)
            try await database.execute("SELECT setval('job_id', 25600000)")
            var registry = JobRegistry()
            registry.register(ClosureHandler<Quick> { _, _ in .completed })
            try await runWorker(queue, registry, queues: ["quick"], retention: .milliseconds(1)) {
                try await count("job_partition", database) >= 5
            }
            #expect(try await queue.state(of: live) == .available, "a partition with a live job stays")
            let next = try #require(try await queue.leaseOne(try await queue.register(name: "v")))
            _ = try await queue.end(next, as: .completed)
            try await runWorker(queue, registry, queues: ["quick"], retention: .milliseconds(1)) {
                try await database.row("SELECT FROM job_partition WHERE number = 0") == nil
            }
            #expect(try await queue.status(of: live, developer: nil) == nil)
            #expect(try await JobQueue(database: database).enqueue(Noop(), through: database).rawValue >= 25_600_000)
        }
    }

    @Test("a schedule fires once however many leaders there are, and makes up for what was missed as it was told")
    func cron() async throws {
        try await withQueue { queue, database in
            let seen = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { work, _ in
                    seen.insert(work.number)
                    return .completed
                })
            let yearly = try #require(CronSchedule("0 0 1 1 *"))
            let hourly = try #require(CronSchedule("@hourly"))
            registry.schedule(Noop(number: 1), as: "once", at: hourly, missed: .once)
            registry.schedule(Noop(number: 2), as: "each", at: hourly, missed: .each)
            registry.schedule(Noop(number: 3), as: "skip", at: hourly, missed: .skip)
            registry.schedule(Noop(number: 4), as: "yearly", at: yearly)
            let schedules = registry
            try await runWorker(queue, schedules) { try await queue.schedules().count == 4 }
            // Nobody was there for three hours; an hour ago it was half past.
            try await database.execute(
                """
                UPDATE job_cron SET next_at = date_trunc('hour', now() - interval '2 hours')
                WHERE name <> 'yearly'
                """)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await runWorker(queue, schedules) {
                            try await queue.schedules().allSatisfy { $0.nextAt.map { $0 > Date() } ?? false }
                        }
                    }
                }
                try await group.waitForAll()
            }
            func fired(_ number: Int) async throws -> Int64? {
                try await database.row("SELECT count(*) AS n FROM job WHERE payload->>'number' = \(String(number))")?(
                    "n")
            }
            #expect(try await fired(1) == 1)
            #expect(try await fired(2) == 3)
            #expect(try await fired(4) == 0)
            #expect(try await queue.setPaused(true, schedule: "once", by: "olga"))
            #expect(try await !queue.setPaused(true, schedule: "once", by: "olga"))
            #expect(try await queue.schedules().filter(\.isPaused).map(\.name) == ["once"])
        }
    }

    @Test("a checkpoint is carried into the retry")
    func checkpoint() async throws {
        struct OnPurpose: Error {}
        try await withQueue { queue, database in
            let resumed = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Quick> { _, attempt in
                    if let part = try await attempt.checkpoint(as: [String: Int].self)?["part"] {
                        resumed.insert(part)
                        return .completed
                    }
                    try attempt.save(["part": 17])
                    throw OnPurpose()
                })
            _ = try await queue.enqueue(Quick(), through: database)
            try await runWorker(queue, registry) { resumed.count == 1 }
            #expect(resumed.numbers == [17])
        }
    }

    @Test("a worker that was given up for dead leases nothing, and a lease that crosses its death is taken back")
    func lateClaim() async throws {
        try await withQueue { queue, database in
            let job = try await queue.enqueue(Noop(), through: database)
            let dead = try await queue.register(name: "dead")
            try await database.execute("UPDATE job_worker SET seen = now() - interval '10 seconds'")
            #expect(try await queue.rescue(silentFor: .seconds(4)) == 1)
            #expect(try await queue.leaseOne(dead) == nil)
            // As if the claim had begun before and been committed after the rescue.
            try await database.execute(
                """
                WITH gone AS (DELETE FROM job_ready RETURNING id, queue)
                INSERT INTO job_lease (id, worker, queue, attempt) SELECT id, \(dead.rawValue), queue, 1 FROM gone
                """)
            #expect(try await queue.state(of: job) == .running)
            _ = try await queue.rescue(silentFor: .seconds(4))
            #expect(try await queue.state(of: job) == .available)
        }
    }

    @Test("what a living worker holds and does not work on goes back: an answer to its claim was lost")
    func lostAnswer() async throws {
        try await withQueue { queue, database in
            let seen = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { work, _ in
                    seen.insert(work.number)
                    return .completed
                })
            try await runWorker(queue, registry) {
                try await queue.workers().count == 1
            } then: {
                let worker = try #require(try await queue.workers().first?.id)
                try await queue.change("test", QueueChange(paused: true), by: "t")
                let job = try await queue.enqueue(Noop(number: 7), through: database)
                try await database.execute(
                    """
                    WITH gone AS (DELETE FROM job_ready RETURNING id, queue)
                    INSERT INTO job_lease (id, worker, queue, attempt) SELECT id, \(worker.rawValue), queue, 1 FROM gone
                    """)
                try await queue.change("test", QueueChange(paused: false), by: "t")
                try await eventually { seen.count == 1 }
                #expect(try await queue.status(of: job, developer: nil)?.attempt == 2)
            }
        }
    }

    @Test("text that a jsonb cannot hold does not keep a job from ending")
    func oddText() async throws {
        struct Odd: Error, CustomStringConvertible { let description = "a \u{0} and \\u0000" }
        try await withQueue { queue, database in
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Quick> { _, attempt in
                    try attempt.save(["text": "a \u{0} b"])
                    throw Odd()
                })
            let job = try await queue.enqueue(Quick(), through: database)
            try await runWorker(queue, registry) { try await queue.state(of: job) == .discarded }
            #expect(try await queue.status(of: job, developer: nil)?.failure?.message == "a  and \\u0000")
        }
    }
}
