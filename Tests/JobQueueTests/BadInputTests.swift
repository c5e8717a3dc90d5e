import FoundationEssentials
import JobLifecycle
import JobQueue
import Postgres
import Testing

/// What nobody should do, and somebody will.
@Suite("Bad input")
struct BadInputTests {
    /// Quickly attempted again.
    private struct Brittle: Job {
        static let kind: JobKind = "brittle"
        static let policy = JobPolicy(
            queue: "test", retry: RetryPolicy(maxAttempts: 3, base: .milliseconds(20)), timeout: .seconds(60))

        var number = 0
    }

    private struct Stranger: Job {
        static let kind: JobKind = "stranger"
        static let policy = Noop.policy
    }

    @Test("a payload that cannot be read is attempted as often as its kind allows, then discarded; its owner is told")
    func unreadable() async throws {
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE told (scope uuid)")
            var registry = JobRegistry()
            registry.register(UnreadableHandler<Brittle>())
            let scope = JobScope(id: .init(), developer: nil)
            let job = try await queue.enqueue(Brittle(), scope: scope, through: database)
            try await database.execute(#"UPDATE job SET payload = '{"number": "x"}' WHERE id = \#(job)"#)
            try await runWorker(queue, registry) { try await queue.state(of: job) == .discarded }
            let detail = try #require(try await queue.detail(of: job))
            #expect(detail.attempts.map(\.end) == ["retried", "retried", "discarded"])
            #expect(detail.status.failure?.code == "payload-undecodable")
            #expect(detail.status.failure?.message.contains("number") == true, "it says what could not be read")
            let told: UUID? = try await database.row("SELECT scope FROM told")?("scope")
            #expect(told == scope.id)
        }
    }

    @Test("a payload that cannot be read today is read by a later program, if that comes in time")
    func readableLater() async throws {
        try await withQueue { queue, database in
            let seen = Seen()
            let job = try await queue.enqueue(Noop(number: 1), through: database)
            try await database.execute(#"UPDATE job SET payload = '{"number": "x"}' WHERE id = \#(job)"#)
            var old = JobRegistry()
            old.register(ClosureHandler<Noop> { _, _ in .completed })
            try await runWorker(queue, old) { try await queue.state(of: job) == .retryable }
            var later = JobRegistry()
            later.register(
                ClosureHandler<LaterNoop> { _, _ in
                    seen.insert(1)
                    return .completed
                })
            _ = try await queue.apply(.retry, to: JobFilter(ids: [job]), isDryRun: false, by: "t")
            try await runWorker(queue, later) { try await queue.state(of: job) == .completed }
            #expect(seen.count == 1)
        }
    }

    @Test("jobs of a kind that no worker knows are kept, counted and reported, and run as soon as one does")
    func unknownKind() async throws {
        try await withQueue { queue, database in
            let job = try await queue.enqueue(Stranger(), through: database)
            var registry = JobRegistry()
            registry.register(ClosureHandler<Noop> { _, _ in .completed })
            try await runWorker(queue, registry) {
                try await queue.state(of: job) == .scheduled
            } then: {
                #expect(try await queue.reason(of: job) == .unknownKind("stranger"))
                let health = try await queue.health()
                #expect(health.unknownKinds == ["stranger": 1])
                #expect(health.problems.contains { $0.code == "unknown-kind" })
            }
            let status = try #require(try await queue.status(of: job, developer: nil))
            #expect(status.attempt == 0, "what nobody can do is nobody's failure")
            var known = JobRegistry()
            known.register(ClosureHandler<Stranger> { _, _ in .completed })
            _ = try await queue.apply(.retry, to: JobFilter(ids: [job]), isDryRun: false, by: "t")
            try await runWorker(queue, known) { try await queue.state(of: job) == .completed }
        }
    }

    @Test("absurd delays, and absurd times in the tables, are bounded and never stop the others")
    func absurdTimes() async throws {
        try await withQueue { queue, database in
            let never = try await queue.enqueue(Noop(), delay: .seconds(1000 * 365 * 86_400), through: database)
            let now = try await queue.enqueue(Noop(number: 1), delay: .seconds(-1_000_000), through: database)
            let runAt = try #require(try await queue.status(of: never, developer: nil)?.runAt)
            #expect(runAt < Date().addingTimeInterval(3651 * 86_400))
            #expect(try await queue.state(of: now) == .available)
            let worker = try await queue.register(name: "w")
            let leased = try #require(try await queue.leaseOne(worker))
            // A handler may ask for a rest of a thousand years, or of less than nothing.
            #expect(try await queue.end(leased, as: .snoozed(for: .seconds(1000 * 365 * 86_400))) == .held)
            _ = try await queue.apply(.retry, to: JobFilter(ids: [now]), isDryRun: false, by: "t")
            let again = try #require(try await queue.leaseOne(worker))
            #expect(try await queue.end(again, as: .snoozed(for: .seconds(-5))) == .held)
            try await database.execute("INSERT INTO job_later (run_at, id) VALUES ('infinity', 1), ('-infinity', 2)")
            #expect(try await queue.promoteDue() >= 1)
            #expect(try await queue.leaseOne(worker)?.id == now)
            #expect(try await queue.depths().map(\.queue) == ["test"])
        }
    }

    @Test("the most and the least urgent priority there can be are kept in order")
    func priorities() async throws {
        struct Urgent: Job {
            static let kind: JobKind = "urgent"
            static let policy = JobPolicy(
                queue: "test", retry: RetryPolicy(maxAttempts: 1), timeout: .seconds(1), priority: Int(Int16.min))
        }
        struct Idle: Job {
            static let kind: JobKind = "idle"
            static let policy = JobPolicy(
                queue: "test", retry: RetryPolicy(maxAttempts: 1), timeout: .seconds(1), priority: Int(Int16.max))
        }
        try await withQueue { queue, database in
            _ = try await queue.enqueue(Idle(), through: database)
            _ = try await queue.enqueue(Noop(), through: database)
            _ = try await queue.enqueue(Urgent(), through: database)
            let worker = try await queue.register(name: "w")
            #expect(try await queue.lease(5, from: "test", to: worker).map(\.kind) == ["urgent", "noop", "idle"])
        }
    }

    @Test("a queue that does not exist is made by a job, never by a question, and refused where it is named")
    func unknownQueue() async throws {
        try await withQueue { queue, database in
            let worker = try await queue.register(name: "w")
            _ = worker
            await #expect(throws: JobQueueError.unknownQueue("nowhere")) {
                try await queue.change(poolsOf: "nowhere", on: nil, PoolChange(slots: .set(1)), by: "t")
            }
            await #expect(throws: JobQueueError.unknownQueue("nowhere")) { _ = try await queue.shares(of: "nowhere") }
            var filter = JobFilter()
            filter.queues = ["nowhere"]
            #expect(try await queue.jobs(filter).isEmpty)
            #expect(try await queue.apply(.cancel, to: filter, isDryRun: false, by: "t").matched == 0)
            #expect(try await queue.queues().isEmpty)
        }
    }

    @Test(
        "resized to 0 a pool finishes what runs and takes nothing; resized to 10,000 it runs what there is; beyond is refused"
    )
    func resizing() async throws {
        try await withQueue { queue, database in
            let watch = Watch()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { _, _ in
                    watch.began()
                    try await Task.sleep(for: .milliseconds(30))
                    watch.ending()
                    return .completed
                })
            var graph = JobGraph()
            for number in 0..<400 { graph.add(Noop(number: number)) }
            let jobs = graph
            _ = try await database.transaction { try await queue.enqueue(jobs, scope: .none, in: $0) }
            try await runWorker(queue, registry, slots: 2, queues: ["test"]) {
                watch.most >= 2
            } then: {
                try await queue.change(poolsOf: "test", on: nil, PoolChange(slots: .set(0)), by: "t")
                try await eventually { watch.running == 0 }
                let waiting = try await queue.depths().first { $0.queue == "test" }?.ready
                try await Task.sleep(for: .milliseconds(150))
                #expect(try await queue.depths().first { $0.queue == "test" }?.ready == waiting)
                for slots in [-1, 10_001, Int.max] {
                    await #expect(throws: JobQueueError.self) {
                        try await queue.change(poolsOf: "test", on: nil, PoolChange(slots: .set(slots)), by: "t")
                    }
                }
                try await queue.change(poolsOf: "test", on: nil, PoolChange(slots: .set(10_000)), by: "t")
                try await eventually {
                    try await queue.jobs(JobFilter(), limit: 1).allSatisfy { $0.state == .completed }
                }
            }
            #expect(watch.totals.jobs == 400)
        }
    }
}

/// ``Noop`` as a later program reads it.
private struct LaterNoop: Job {
    static let kind = Noop.kind
    static let policy = Noop.policy

    var number: String
}

/// Never gets to run; says whose job it was.
private struct UnreadableHandler<Work: Job>: JobHandler {
    func perform(_ work: Work, attempt: Attempt) async throws -> Outcome { .completed }

    func abandon(unreadableOf scope: UUID?, failure: Failure, in transaction: Transaction) async throws {
        try await transaction.execute("INSERT INTO told VALUES (\(scope))")
    }
}
