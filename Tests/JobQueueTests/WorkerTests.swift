import FoundationEssentials
import JobLifecycle
import JobQueue
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import Testing

@Suite("Worker")
struct WorkerTests {
    /// Runs a worker until the condition holds, at most 20 seconds, then shuts it down gracefully.
    private func run(
        _ queue: JobQueue, _ registry: JobRegistry, slots: Int = 4, grace: Duration = .seconds(5),
        until condition: @Sendable () async throws -> Bool
    ) async throws {
        let worker = Worker(
            queue: queue, registry: registry,
            configuration: Worker.Configuration(
                name: "test", slots: ["test": slots], heartbeat: .milliseconds(100), silence: .seconds(2), grace: grace)
        )
        let group = ServiceGroup(services: [worker], logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        for _ in 0..<1000 {
            if try await condition() { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test("runs everything that is enqueued, before and after it started")
    func runsAll() async throws {
        try await withQueue { queue, database in
            let seen = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { work, _ in
                    seen.insert(work.number)
                    return .completed
                })
            for number in 0..<20 { _ = try await queue.enqueue(Noop(number: number), through: database) }
            let enqueueing = Task {
                for number in 20..<40 { _ = try await queue.enqueue(Noop(number: number), through: database) }
            }
            try await self.run(queue, registry) { seen.count == 40 }
            try await enqueueing.value
            #expect(seen.numbers == Set(0..<40))
            let left: Int64? = try await database.row("SELECT count(*) AS n FROM job_lease")?("n")
            #expect(left == 0)
        }
    }

    @Test("a handler that fails is retried, then discarded, and told so in the same transaction")
    func failing() async throws {
        struct Flaky: Job {
            static let kind: JobKind = "flaky"
            static let policy = JobPolicy(
                queue: "test", retry: RetryPolicy(maxAttempts: 2, base: .milliseconds(20)), timeout: .seconds(60))
        }
        struct OnPurpose: Error {}
        try await withQueue { queue, database in
            try await database.execute("CREATE TABLE abandoned (code text)")
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Flaky> { _, _ in
                    throw OnPurpose()
                } onAbandon: { _, failure, transaction in
                    try await transaction.execute("INSERT INTO abandoned VALUES (\(failure.code))")
                })
            let job = try await queue.enqueue(Flaky(), through: database)
            try await self.run(queue, registry) { try await queue.state(of: job) == .discarded }
            let status = try #require(try await queue.status(of: job, developer: nil))
            #expect(status.state == .discarded && status.attempt == 2)
            #expect(status.failure?.code == "internal-error" && status.failure?.attempt == 2)
            #expect(try await database.rows("SELECT code FROM abandoned").count == 1)
        }
    }

    @Test("an attempt knows the processor time that it has taken, and not that of others")
    func processorTime() async throws {
        try await withQueue { queue, database in
            let busy = Mutex<[Int: Duration]>([:])
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { work, attempt in
                    let end = attempt.processorTime + .milliseconds(work.number)
                    while attempt.processorTime < end {}
                    await Task.yield()
                    busy.withLock { $0[work.number] = attempt.processorTime }
                    return .completed
                })
            for number in [200, 1] { _ = try await queue.enqueue(Noop(number: number), through: database) }
            try await self.run(queue, registry) { busy.withLock { $0.count } == 2 }
            let spent = busy.withLock { $0 }
            #expect(spent[200] ?? .zero >= .milliseconds(200))
            #expect(spent[1] ?? .zero >= .milliseconds(1) && spent[1] ?? .zero < spent[200] ?? .zero)
        }
    }

    @Test("an attempt that takes too long fails with stage-timeout")
    func timeout() async throws {
        struct Slow: Job {
            static let kind: JobKind = "slow"
            static let policy = JobPolicy(
                queue: "test", retry: RetryPolicy(maxAttempts: 1), timeout: .milliseconds(100))
        }
        try await withQueue { queue, database in
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Slow> { _, _ in
                    try await Task.sleep(for: .seconds(60))
                    return .completed
                })
            let job = try await queue.enqueue(Slow(), through: database)
            try await self.run(queue, registry) { try await queue.state(of: job) == .discarded }
            #expect(try await queue.status(of: job, developer: nil)?.failure?.code == "stage-timeout")
        }
    }

    @Test("a job that does not end in the grace period is given back, its attempt uncounted")
    func drain() async throws {
        try await withQueue { queue, database in
            let began = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { _, _ in
                    began.insert(1)
                    try await Task.sleep(for: .seconds(60))
                    return .completed
                })
            let job = try await queue.enqueue(Noop(), through: database)
            try await self.run(queue, registry, grace: .milliseconds(50)) { began.count == 1 }
            let status = try #require(try await queue.status(of: job, developer: nil))
            #expect(status.state == .available && status.attempt == 0)
        }
    }

    @Test("a cancelled job is stopped where it runs")
    func cancelled() async throws {
        try await withQueue { queue, database in
            let stopped = Seen()
            let began = Seen()
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { _, _ in
                    began.insert(1)
                    do { try await Task.sleep(for: .seconds(60)) } catch { stopped.insert(1) }
                    return .completed
                })
            let job = try await queue.enqueue(Noop(), through: database)
            try await self.run(queue, registry) {
                if began.count == 1, try await queue.state(of: job) == .running {
                    _ = try await queue.cancel(job, because: Failure(code: "x", message: "x", retryable: false))
                }
                return stopped.count == 1
            }
            #expect(stopped.count == 1)
            #expect(try await queue.state(of: job) == .cancelled)
        }
    }

    @Test("progress is seen while the job runs")
    func progress() async throws {
        try await withQueue { queue, database in
            var registry = JobRegistry()
            registry.register(
                ClosureHandler<Noop> { _, attempt in
                    attempt.report { $0.bytesTotal = 100 }
                    attempt.report { $0.bytesDone = 40 }
                    try await Task.sleep(for: .seconds(60))
                    return .completed
                })
            let job = try await queue.enqueue(Noop(), through: database)
            try await self.run(queue, registry, grace: .zero) {
                try await queue.status(of: job, developer: nil)?.bytesDone == 40
            }
            #expect(try await queue.status(of: job, developer: nil)?.bytesTotal == 100)
        }
    }
}

/// Numbers seen by handlers.
final class Seen: Sendable {
    private let state = Mutex<Set<Int>>([])

    func insert(_ number: Int) { self.state.withLock { _ = $0.insert(number) } }
    var count: Int { self.state.withLock { $0.count } }
    var numbers: Set<Int> { self.state.withLock { $0 } }
}
