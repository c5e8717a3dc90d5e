import JobLifecycle
import Logging
import Synchronization
import Threads

/// The workers of one queue in one process: as many slots as attempts may run at a time.
///
/// Woken by a notification, a finished attempt or a tick, it leases what its free slots can take. Each attempt runs on the
/// pool's own threads, where blocking is allowed.
final class WorkerPool: Sendable {
    let name: QueueName
    private let queue: JobQueue
    private let runner: AttemptRunner
    private let threads: ThreadPool
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    private let state: Mutex<State>

    private struct State {
        var slots: Int
        var running: [LeaseKey: Running] = [:]
        var draining = false
        var stopped = false
    }

    private struct Running {
        let job: LeasedJob
        let attempt: Attempt
        var task: Task<Void, Never>?
    }

    init(name: QueueName, slots: Int, queue: JobQueue, registry: JobRegistry) {
        self.name = name
        self.queue = queue
        self.runner = AttemptRunner(queue: queue, registry: registry)
        // Two threads a slot: an attempt may do two things at once, and neither waits for another attempt's.
        self.threads = ThreadPool(name: name.rawValue, threads: 2 * max(slots, 1))
        (self.wakeUps, self.wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.state = Mutex(State(slots: slots))
    }

    /// Looks for work soon.
    func wake() { self.wakeUp.yield() }

    /// Takes effect with the next wake-up; attempts that run are not disturbed.
    func resize(to slots: Int) {
        let changed = self.state.withLock { state in
            defer { state.slots = slots }
            return state.slots != slots
        }
        guard changed else { return }
        self.threads.grow(to: 2 * max(slots, 1))
        Logger.current.notice("resized a pool", metadata: ["queue.name": "\(self.name)", "slots": "\(slots)"])
        self.wake()
    }

    /// Whether another job could start now.
    var hasFreeSlot: Bool { self.state.withLock { !$0.draining && $0.running.count < $0.slots } }

    /// Leases and runs until ``drain()``, then until the last attempt has ended.
    func run(as worker: WorkerID) async {
        await withDiscardingTaskGroup { group in
            for await _ in self.wakeUps {
                let free = self.state.withLock { $0.draining ? -1 : $0.slots - $0.running.count }
                guard free >= 0 else { break }
                guard free > 0 else { continue }
                for job in await self.lease(free, to: worker) { self.start(job, in: &group) }
            }
        }
    }

    private func lease(_ limit: Int, to worker: WorkerID) async -> [LeasedJob] {
        do {
            return try await self.queue.lease(limit, from: self.name, to: worker)
        } catch {
            Logger.current.warning(
                "could not lease", metadata: ["queue.name": "\(self.name)", "error": "\(error)"])
            return []
        }
    }

    private func start(_ job: LeasedJob, in group: inout DiscardingTaskGroup) {
        let key = LeaseKey(job: job.id, attempt: job.attempt)
        let attempt = Attempt(
            job: job.id, number: job.attempt, maxAttempts: job.maxAttempts, scope: job.scope, developer: job.developer,
            checkpoint: { [queue] in try await queue.checkpoint(of: job.id) })
        self.state.withLock { $0.running[key] = Running(job: job, attempt: attempt) }
        // A task of its own, so that one attempt can be cancelled without the others; the group owns it.
        let task = Task(executorPreference: self.threads) { await self.runner.run(job, attempt: attempt) }
        let stopped = self.state.withLock { state in
            state.running[key]?.task = task
            return state.stopped
        }
        if stopped { task.cancel() }
        group.addTask {
            await task.value
            self.state.withLock { $0.running[key] = nil }
            self.wake()
        }
    }

    /// Stops attempts that are no longer this worker's.
    ///
    /// - Parameters:
    ///   - before: what ran when the database was asked.
    ///   - held: what the database said.
    func cancel(_ before: Set<LeaseKey>, notIn held: Set<LeaseKey>) {
        let lost = self.state.withLock { state in
            before.subtracting(held).compactMap { state.running[$0]?.task }
        }
        for task in lost { task.cancel() }
    }

    var running: Set<LeaseKey> { self.state.withLock { Set($0.running.keys) } }

    /// Progress that has changed since it was last asked for.
    func freshProgress() -> [ProgressReport] {
        self.state.withLock { state in
            state.running.values.compactMap { running in
                running.attempt.takeNews().map {
                    ProgressReport(job: running.job, progress: $0.progress, checkpoint: $0.checkpoint)
                }
            }
        }
    }

    /// Takes no more jobs.
    func drain() {
        self.state.withLock { $0.draining = true }
        self.wake()
    }

    /// Cancels what still runs; such jobs are given back, their attempt uncounted.
    func stop() {
        let tasks = self.state.withLock { state in
            state.stopped = true
            return state.running.values.compactMap(\.task)
        }
        for task in tasks { task.cancel() }
    }

    func shutdown() { self.threads.shutdown() }
}
