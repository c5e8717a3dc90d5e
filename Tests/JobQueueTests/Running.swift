import JobLifecycle
import JobQueue
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// A job of no time at all, leased in batches.
struct Quick: Job {
    static let kind: JobKind = "quick"
    static let policy = JobPolicy(
        queue: "quick", retry: RetryPolicy(maxAttempts: 2, base: .milliseconds(20)), timeout: .milliseconds(500),
        leasing: .batched)

    var number = 0
}

/// Runs a worker until the condition holds, at most 30 seconds, does something more, and shuts it down gracefully.
func runWorker(
    _ queue: JobQueue, _ registry: JobRegistry, slots: Int = 4, queues: [QueueName] = ["test", "quick"],
    heartbeat: Duration = .milliseconds(100), silence: Duration = .seconds(2), grace: Duration = .seconds(5),
    retention: Duration = .seconds(1000), until condition: @Sendable () async throws -> Bool,
    then more: @Sendable () async throws -> Void = {}
) async throws {
    let worker = Worker(
        queue: queue, registry: registry,
        configuration: Worker.Configuration(
            name: "test", node: "node-1", slots: Dictionary(uniqueKeysWithValues: queues.map { ($0, slots) }),
            heartbeat: heartbeat, silence: silence, grace: grace, retention: retention))
    let group = ServiceGroup(services: [worker], logger: Logger(label: "test"))
    let running = Task { try await group.run() }
    do {
        try await eventually(condition)
        try await more()
    } catch {
        await group.triggerGracefulShutdown()
        try? await running.value
        throw error
    }
    await group.triggerGracefulShutdown()
    try await running.value
}

/// Waits for a condition, at most 30 seconds.
func eventually(_ condition: @Sendable () async throws -> Bool) async throws {
    for _ in 0..<1500 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw NeverHappened()
}

struct NeverHappened: Error {}

/// Rows of a table; of `unnest_ids`, the jobs that ended in batches.
func count(_ table: String, _ database: Database) async throws -> Int {
    let row =
        table == "unnest_ids"
        ? try await database.row("SELECT coalesce(sum(cardinality(ids)), 0)::bigint AS n FROM job_done")
        : try await database.row("SELECT count(*) AS n FROM \(identifier: table)")
    let number: Int64 = try row?("n") ?? 0
    return Int(number)
}

/// Counts what runs at a time.
final class Watch: Sendable {
    private let state = Mutex((running: 0, most: 0, jobs: 0))

    func began(_ count: Int = 1) {
        self.state.withLock { state in
            state.running += count
            state.jobs += count
            state.most = max(state.most, state.running)
        }
    }

    /// Called before the end is written, so that the count is never too high by that.
    func ending() { self.state.withLock { $0.running -= 1 } }

    var running: Int { self.state.withLock { $0.running } }
    var most: Int { self.state.withLock { $0.most } }
    var totals: (jobs: Int, most: Int) { self.state.withLock { ($0.jobs, $0.most) } }
}

/// A short job of many attempts: of batches.
struct Sturdy: Job {
    static let kind: JobKind = "sturdy"
    static let policy = JobPolicy(
        queue: "quick", retry: RetryPolicy(maxAttempts: 50, base: .milliseconds(20), cap: .milliseconds(50)),
        timeout: .seconds(60), leasing: .batched)

    var number = 0
}

/// A job of many attempts that has something to record.
struct Recorded: Job {
    static let kind: JobKind = "recorded"
    static let policy = JobPolicy(
        queue: "test", retry: RetryPolicy(maxAttempts: 50, base: .milliseconds(20), cap: .milliseconds(50)),
        timeout: .seconds(60))

    var number = 0
}
