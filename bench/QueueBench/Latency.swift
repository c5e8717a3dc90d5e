import ArgumentParser
import JobLifecycle
import JobQueue
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Measures from the call that enqueues a job to the first line of its handler.
///
/// Enqueuer and worker have nothing in common but the database; they share a process, so that there is one clock.
struct Latency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measures how soon a job is picked up.")

    @OptionGroup var target: Target
    @Option(help: "Jobs whose pickup is measured.") var samples = 200
    @Option(help: "Other jobs a second, enqueued in batches of 20; 0 leaves the queue idle.") var load = 0
    @Option(help: "Attempts at a time.") var slots = 10

    func run() async throws {
        let milliseconds = try await self.target.withDatabase(connections: 8) { database in
            let starts = Starts()
            var registry = JobRegistry()
            registry.register(NoopHandler { starts.note($0) })
            let worker = Worker(
                queue: JobQueue(database: database), registry: registry,
                configuration: Worker.Configuration(name: "bench", slots: [Noop.policy.queue: self.slots]))
            let group = ServiceGroup(services: [worker], logger: Logger(label: "slipway-bench"))
            return try await self.target.withDatabaseBeside { enqueuer in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    // A task of its own: what cancels the disturber must not cut the worker's shutdown short.
                    let working = Task { try await group.run() }
                    tasks.addTask { [load = self.load] in try await Self.disturb(enqueuer, perSecond: load) }
                    let measured = try await self.probe(JobQueue(database: enqueuer), enqueuer, starts)
                    await group.triggerGracefulShutdown()
                    tasks.cancelAll()
                    try await tasks.waitForAll()
                    try await working.value
                    return measured
                }
            }
        }
        Quantiles(milliseconds).print()
    }

    /// A job that has not begun by then counts as if it had just begun.
    private static let patience = Duration.seconds(10)

    private func probe(_ queue: JobQueue, _ database: Database, _ starts: Starts) async throws -> [Double] {
        try await Task.sleep(for: .seconds(2))
        var milliseconds: [Double] = []
        for number in 0..<self.samples {
            // Never in step with a poll or a heartbeat.
            try await Task.sleep(for: .milliseconds(20 + (number * 7919) % 40))
            let begin = ContinuousClock.now
            let started = starts.expect(number)
            try await queue.enqueue(Noop(seq: number), in: database)
            let patience = Task {
                try await Task.sleep(for: Self.patience)
                starts.giveUp(number)
            }
            let moment = await started.first { _ in true }
            patience.cancel()
            milliseconds.append((moment.map { $0 - begin } ?? Self.patience) / .milliseconds(1))
        }
        return milliseconds
    }

    private static func disturb(_ database: Database, perSecond: Int) async throws {
        guard perSecond > 0 else { return }
        let queue = JobQueue(database: database)
        let pause = Duration.seconds(1) / max(perSecond / 20, 1)
        var next = ContinuousClock.now
        while !Task.isCancelled {
            do {
                try await queue.enqueue(20, in: database)
                next += pause
                try await Task.sleep(until: next)
            } catch {
                guard !Task.isCancelled else { return }
                throw error
            }
        }
    }
}

/// When probes began.
private final class Starts: Sendable {
    private let waiting = Mutex<[Int: AsyncStream<ContinuousClock.Instant>.Continuation]>([:])

    func expect(_ number: Int) -> AsyncStream<ContinuousClock.Instant> {
        let (stream, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        self.waiting.withLock { $0[number] = continuation }
        return stream
    }

    func giveUp(_ number: Int) { self.waiting.withLock { $0.removeValue(forKey: number) }?.finish() }

    func note(_ number: Int) {
        let now = ContinuousClock.now
        let continuation = self.waiting.withLock { $0.removeValue(forKey: number) }
        continuation?.yield(now)
        continuation?.finish()
    }
}

/// Milliseconds by rank.
private struct Quantiles {
    private let sorted: [Double]

    init(_ values: [Double]) { self.sorted = values.sorted() }

    func print() {
        guard let last = self.sorted.last else { return Swift.print(#"{"samples": 0}"#) }
        Swift.print(
            """
            {"samples": \(self.sorted.count), "p50_ms": \(self.at(0.5)), "p99_ms": \(self.at(0.99)), "max_ms": \(last)}
            """)
    }

    private func at(_ rank: Double) -> Double {
        self.sorted[min(self.sorted.count - 1, Int(Double(self.sorted.count) * rank))]
    }
}
