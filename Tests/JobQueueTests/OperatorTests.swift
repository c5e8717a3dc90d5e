import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

@Suite("Operators")
struct OperatorTests {
    private let failure = Failure(code: "on-purpose", message: "on purpose", retryable: true)

    @Test("why a job waits is told for every reason")
    func reasons() async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            let parent = graph.add(Noop())
            graph.add(Noop(), after: [parent])
            graph.add(Noop(), delay: .seconds(3600))
            let jobs = graph
            let ids = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            #expect(try await queue.reason(of: ids[1]) == .dependencies(missing: 1, on: [ids[0]]))
            guard case .scheduled = try await queue.reason(of: ids[2]) else {
                Issue.record("it waits for a time")
                return
            }
            #expect(try await queue.reason(of: ids[0]) == .noWorker)
            let worker = try await queue.register(name: "w", kinds: ["noop"])
            func beat(_ load: PoolLoad) async throws {
                _ = try await queue.heartbeat(worker, sleeping: [], pools: ["test": load])
            }
            try await beat(PoolLoad(mode: .paused, slots: 2, prefetch: 0, running: 0, waiting: 0))
            #expect(try await queue.reason(of: ids[0]) == .poolsClosed)
            try await beat(PoolLoad(mode: .working, slots: 2, prefetch: 0, running: 0, waiting: 0))
            #expect(try await queue.reason(of: ids[0]) == .turn(ahead: 0))
            try await queue.change(poolsOf: "test", on: nil, PoolChange(leastUrgent: .set(-5)), by: "t")
            #expect(try await queue.reason(of: ids[0]) == .notUrgentEnough(leastUrgent: -5))
            try await queue.change(poolsOf: "test", on: nil, PoolChange(leastUrgent: .unset), by: "t")
            try await queue.change("test", QueueChange(paused: true), by: "t")
            #expect(try await queue.reason(of: ids[0]) == .queuePaused)
            try await queue.change("test", QueueChange(paused: false, runningLimit: .set(0)), by: "t")
            #expect(try await queue.reason(of: ids[0]) == .queueLimit(0))
            try await queue.change(
                "test", QueueChange(runningLimit: .unset, rate: .set(RateLimit(perSecond: 0.01, burst: 1))), by: "t")
            guard case .rateLimit = try await queue.reason(of: ids[0]) else {
                Issue.record("it waits for the rate")
                return
            }
            try await queue.change("test", QueueChange(rate: .unset), by: "t")
            let leased = try #require(try await queue.leaseOne(worker))
            #expect(try await queue.reason(of: ids[0]) == .running(on: worker))
            _ = try await queue.end(leased, as: .retried(after: .seconds(100), self.failure))
            guard case .resting(until: _, after: let failure?) = try await queue.reason(of: ids[0]) else {
                Issue.record("it rests")
                return
            }
            #expect(failure.code == "on-purpose")
            _ = try await queue.cancel(ids[0], because: self.failure)
            #expect(try await queue.reason(of: ids[1]) == .ended(.cancelled))
        }
    }

    @Test("jobs are found by every filter, page by page, newest first")
    func filters() async throws {
        try await withQueue { queue, database in
            let scope = JobScope(id: .init(), developer: nil, key: "studio")
            var mine: [JobID] = []
            for number in 0..<5 {
                mine.append(try await queue.enqueue(Noop(number: number), scope: scope, through: database))
            }
            let others = try await queue.enqueue(Quick(), through: database)
            var filter = JobFilter()
            filter.key = "studio"
            #expect(try await queue.jobs(filter).map(\.id) == mine.reversed())
            #expect(try await queue.jobs(filter, limit: 2).map(\.id) == [mine[4], mine[3]])
            #expect(try await queue.jobs(filter, before: mine[3], limit: 2).map(\.id) == [mine[2], mine[1]])
            filter = JobFilter()
            filter.kinds = ["quick"]
            #expect(try await queue.jobs(filter).map(\.id) == [others])
            filter = JobFilter()
            filter.queues = ["absent"]
            #expect(try await queue.jobs(filter).isEmpty)
            let worker = try await queue.register(name: "w")
            let leased = try await queue.lease(2, from: "test", to: worker)
            filter = JobFilter()
            filter.worker = worker
            #expect(Set(try await queue.jobs(filter).map(\.id)) == Set(leased.map(\.id)))
            _ = try await queue.end(leased[0], as: .discarded(self.failure))
            filter = JobFilter()
            filter.failure = "on-purpose"
            #expect(try await queue.jobs(filter).map(\.id) == [leased[0].id])
            filter = JobFilter()
            filter.states = [.discarded, .running]
            #expect(Set(try await queue.jobs(filter).map(\.id)) == Set(leased.map(\.id)))
            filter = JobFilter()
            filter.scope = scope.id
            filter.createdBefore = Date(timeIntervalSince1970: 0)
            #expect(try await queue.jobs(filter).isEmpty)
            let detail = try #require(try await queue.detail(of: leased[0].id))
            #expect(detail.attempts.map(\.end) == ["discarded"])
            #expect(detail.payload == #"{"number":0}"#)
        }
    }

    @Test("what was discarded is redriven in bulk, after a dry run that changes nothing; all of it is in the audit")
    func redrive() async throws {
        try await withQueue { queue, database in
            var graph = JobGraph()
            for number in 0..<10 { graph.add(Noop(number: number)) }
            let jobs = graph
            _ = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            let worker = try await queue.register(name: "w")
            for job in try await queue.lease(6, from: "test", to: worker) {
                _ = try await queue.end(job, as: .discarded(self.failure))
            }
            var filter = JobFilter()
            filter.queues = ["test"]
            let plan = try await queue.apply(.retry, to: filter, isDryRun: true, by: "olga")
            #expect(plan.matched == 10 && plan.changed == 6 && plan.sample.count == 6 && plan.isDryRun)
            #expect(try await queue.audit().isEmpty)
            filter.failure = "on-purpose"
            let result = try await queue.apply(.retry, to: filter, isDryRun: false, by: "olga")
            #expect(result.changed == 6)
            #expect(try await queue.apply(.retry, to: filter, isDryRun: false, by: "olga").changed == 0)
            #expect(try await queue.lease(20, from: "test", to: worker).count == 10)
            let entry = try #require(try await queue.audit().last)
            #expect(entry.actor == "olga" && entry.action == "job.retry")
            await #expect(throws: JobQueueError.self) {
                try await queue.apply(.cancel, to: JobFilter(), isDryRun: false, by: "olga")
            }
            filter = JobFilter()
            filter.states = [.running]
            #expect(try await queue.apply(.discard, to: filter, isDryRun: false, by: "olga").changed == 10)
            #expect(try await queue.heartbeat(worker, sleeping: [])?.leases.isEmpty == true)
        }
    }

    @Test("a scheduled job can be made due now, and keeps the attempts it has had")
    func early() async throws {
        try await withQueue { queue, database in
            let job = try await queue.enqueue(Noop(), delay: .seconds(3600), through: database)
            let worker = try await queue.register(name: "w")
            let result = try await queue.apply(.retry, to: JobFilter(ids: [job]), isDryRun: false, by: "t")
            #expect(result.changed == 1)
            let leased = try #require(try await queue.leaseOne(worker))
            _ = try await queue.end(leased, as: .retried(after: .seconds(3600), self.failure))
            _ = try await queue.apply(.retry, to: JobFilter(ids: [job]), isDryRun: false, by: "t")
            #expect(try await queue.leaseOne(worker)?.attempt == 2)
        }
    }

    @Test("a pool is resized, paused and resumed live, in well under a heartbeat, and so stays after a restart")
    func live() async throws {
        try await withQueue { queue, database in
            let watch = Watch()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { _, _ in
                    watch.began()
                    try await Task.sleep(for: .milliseconds(20))
                    watch.ending()
                    return .completed
                })
            var graph = JobGraph()
            for number in 0..<3000 { graph.add(Noop(number: number)) }
            let jobs = graph
            _ = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            try await runWorker(queue, registry, slots: 2, heartbeat: .seconds(30), silence: .seconds(100)) {
                watch.most >= 2
            } then: {
                try await queue.change(poolsOf: "test", on: "node-1", PoolChange(slots: .set(6)), by: "olga")
                try await eventually { watch.most >= 6 }
                try await queue.change(poolsOf: "test", on: nil, PoolChange(mode: .set(.paused)), by: "olga")
                try await eventually { watch.running == 0 }
                let depth = try await queue.depths().first { $0.queue == "test" }?.ready
                try await Task.sleep(for: .milliseconds(100))
                #expect(try await queue.depths().first { $0.queue == "test" }?.ready == depth)
                try await eventually {
                    let load = try await queue.workers().first?.pools["test"]
                    return load?.mode == .paused && load?.slots == 6
                }
                try await queue.change(poolsOf: "test", on: nil, PoolChange(mode: .unset), by: "olga")
                try await eventually { watch.running > 0 }
            }
            #expect(try await queue.pools().map(\.settings.slots) == [nil, 6])
            #expect(try await queue.audit().map(\.subject) == ["test", "test", "test@node-1"])
        }
    }
}
