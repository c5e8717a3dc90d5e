import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Limits")
struct LimitTests {
    private func enqueue(
        _ count: Int, key: String?, _ queue: JobQueue, _ database: Database
    ) async throws -> [JobID] {
        var graph = JobGraph()
        for number in 0..<count { graph.add(Noop(number: number)) }
        let jobs = graph
        return try await database.transaction {
            try await queue.enqueue(jobs, scope: JobScope(id: nil, developer: nil, key: key), in: $0)
        }
    }

    /// Leases and ends until nothing is left, from several workers at once, and watches how many of a key run.
    private func drain(_ queue: JobQueue, workers: Int, batch: Int) async throws -> (jobs: Int, most: Int) {
        let watch = Watch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in 0..<workers {
                group.addTask {
                    let worker = try await queue.register(name: "w\(name)")
                    var idle = 0
                    while idle < 30 {
                        let jobs = try await queue.lease(batch, from: "test", to: worker)
                        guard !jobs.isEmpty else {
                            idle += 1
                            try await Task.sleep(for: .milliseconds(2))
                            continue
                        }
                        idle = 0
                        watch.began(jobs.count)
                        for job in jobs {
                            watch.ending()
                            _ = try await queue.end(job, as: .completed)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return watch.totals
    }

    @Test("no more jobs of a key run than its limit, and all of them in the end", arguments: [1, 3])
    func keyLimit(limit: Int) async throws {
        try await withQueue { queue, database in
            _ = try await queue.number(of: "test")
            try await queue.change("test", QueueChange(keyLimit: .set(limit)), by: "tester")
            _ = try await self.enqueue(60, key: "studio", queue, database)
            let (jobs, most) = try await self.drain(queue, workers: 4, batch: 4)
            #expect(jobs == 60)
            #expect(most <= limit)
            #expect(try await queue.shares(of: "test").map(\.used) == [0])
        }
    }

    @Test("jobs held by a full key are never seen by claims, and a slot goes to the next with the end of its holder")
    func handOver() async throws {
        try await withQueue { queue, database in
            _ = try await queue.number(of: "test")
            try await queue.change("test", QueueChange(keyLimit: .set(2)), by: "tester")
            let full = try await self.enqueue(10, key: "full", queue, database)
            let other = try await self.enqueue(1, key: "other", queue, database)
            let depth = try #require(try await queue.depths().first { $0.queue == "test" })
            #expect(depth.ready == 3 && depth.held == 8)
            let worker = try await queue.register(name: "w")
            let leased = try await queue.lease(10, from: "test", to: worker)
            #expect(Set(leased.map(\.id)) == Set([full[0], full[1], other[0]]))
            #expect(try await queue.lease(10, from: "test", to: worker).isEmpty)
            let holder = try #require(leased.first { $0.id == full[0] })
            _ = try await queue.end(holder, as: .completed)
            #expect(try await queue.lease(10, from: "test", to: worker).map(\.id) == [full[2]])
            #expect(try await queue.reason(of: full[9]) == .keyLimit(key: "full", limit: 2, ahead: 6))
        }
    }

    @Test("every way out of a slot frees it: retried, snoozed, discarded, cancelled running and cancelled waiting")
    func waysOut() async throws {
        let failure = Failure(code: "x", message: "x", retryable: true)
        try await withQueue { queue, database in
            _ = try await queue.number(of: "test")
            try await queue.change("test", QueueChange(keyLimit: .set(1)), by: "tester")
            let ids = try await self.enqueue(8, key: "k", queue, database)
            let worker = try await queue.register(name: "w")
            for end in [
                AttemptEnd.retried(after: .seconds(100), failure), .snoozed(for: .seconds(100)), .discarded(failure),
            ] {
                let job = try #require(try await queue.leaseOne(worker))
                _ = try await queue.end(job, as: end)
            }
            let running = try #require(try await queue.leaseOne(worker))
            #expect(running.id == ids[3])
            #expect(try await queue.cancel(running.id, because: failure))
            #expect(try await queue.cancel(ids[4], because: failure), "it is ready, and holds the slot")
            #expect(try await queue.cancel(ids[7], because: failure), "it is held, and has none")
            let next = try #require(try await queue.leaseOne(worker))
            #expect(next.id == ids[5])
            #expect(try await queue.leaseOne(worker) == nil)
            try await database.execute("UPDATE job_later SET run_at = now()")
            #expect(try await queue.promoteDue() == 2)
            _ = try await queue.end(next, as: .completed)
            let (jobs, most) = try await self.drain(queue, workers: 2, batch: 4)
            #expect(jobs == 3 && most == 1)
            #expect(try await queue.shares(of: "test").map(\.used) == [0])
        }
    }

    @Test("a limit may be set, raised, lowered and lifted while jobs wait and run")
    func changes() async throws {
        try await withQueue { queue, database in
            let ids = try await self.enqueue(10, key: "k", queue, database)
            let worker = try await queue.register(name: "w")
            let running = try await queue.lease(3, from: "test", to: worker)
            try await queue.change(key: "k", of: "test", cap: .set(2), by: "tester")
            #expect(try await queue.lease(10, from: "test", to: worker).isEmpty, "three run, two may")
            _ = try await queue.end(running[0], as: .completed)
            #expect(try await queue.lease(10, from: "test", to: worker).isEmpty, "two run")
            _ = try await queue.end(running[1], as: .completed)
            let next = try await queue.lease(10, from: "test", to: worker)
            #expect(next.map(\.id) == [ids[3]])
            try await queue.change(key: "k", of: "test", cap: .set(4), by: "tester")
            #expect(try await queue.lease(10, from: "test", to: worker).count == 2)
            try await queue.change(key: "k", of: "test", cap: .unset, by: "tester")
            #expect(try await queue.lease(10, from: "test", to: worker).count == 4)
        }
    }

    @Test("a queue's limit holds over all workers, exactly")
    func runningLimit() async throws {
        try await withQueue { queue, database in
            _ = try await self.enqueue(60, key: nil, queue, database)
            try await queue.change("test", QueueChange(runningLimit: .set(3)), by: "tester")
            let (jobs, most) = try await self.drain(queue, workers: 4, batch: 4)
            #expect(jobs == 60 && most <= 3)
        }
    }

    @Test("a rate lets a burst through and then no more than its tokens")
    func rate() async throws {
        try await withQueue { queue, database in
            _ = try await self.enqueue(50, key: nil, queue, database)
            try await queue.change("test", QueueChange(rate: .set(RateLimit(perSecond: 0.01, burst: 5))), by: "tester")
            try await database.execute("UPDATE job_queue SET tokens = 5, tokens_at = now()")
            let worker = try await queue.register(name: "w")
            #expect(try await queue.lease(3, from: "test", to: worker).count == 3)
            #expect(try await queue.lease(50, from: "test", to: worker).count == 2)
            #expect(try await queue.lease(50, from: "test", to: worker).isEmpty)
            try await database.execute("UPDATE job_queue SET tokens_at = now() - interval '150 seconds'")
            #expect(try await queue.lease(50, from: "test", to: worker).count == 1)
            // A clock that was set back gives no tokens, and takes none.
            try await database.execute("UPDATE job_queue SET tokens_at = now() + interval '1 hour'")
            #expect(try await queue.lease(50, from: "test", to: worker).isEmpty)
        }
    }

    @Test("an absurd limit is refused with the field's name, and changes nothing")
    func absurd() async throws {
        try await withQueue { queue, _ in
            _ = try await queue.number(of: "test")
            for change in [
                QueueChange(runningLimit: .set(-1)), QueueChange(keyLimit: .set(0)),
                QueueChange(rate: .set(RateLimit(perSecond: 0, burst: 1))),
                QueueChange(rate: .set(RateLimit(perSecond: .nan, burst: 1))),
                QueueChange(rate: .set(RateLimit(perSecond: 1, burst: 0))),
            ] {
                await #expect(throws: JobQueueError.self) { try await queue.change("test", change, by: "tester") }
            }
            await #expect(throws: JobQueueError.unknownQueue("absent")) {
                try await queue.change(poolsOf: "absent", on: nil, PoolChange(slots: .set(1)), by: "tester")
            }
            await #expect(throws: JobQueueError.self) {
                try await queue.change(poolsOf: "test", on: nil, PoolChange(slots: .set(10_001)), by: "tester")
            }
            #expect(try await queue.audit().isEmpty)
            for slots in [0, 10_000] {
                let settings = try await queue.change(
                    poolsOf: "test", on: "node", PoolChange(slots: .set(slots)), by: "tester")
                #expect(settings.slots == slots)
            }
            #expect(try await queue.audit().map(\.action) == ["pool.change", "pool.change"])
        }
    }
}
