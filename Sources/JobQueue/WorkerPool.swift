import JobLifecycle
import Logging
import Synchronization
import Threads

/// The workers of one queue in one process: as many slots as attempts may run at a time.
///
/// What to do is decided by a `PoolMachine`; this carries it out. One task goes to the database: it acknowledges what has
/// ended and claims what can be taken in one round trip, in one commit where commits are slow (`CommitPolicy`). Jobs with a lease of their own run in a task each,
/// which can be cancelled; those of batches are run one after another by as many hands as there are slots. All of them run
/// on the pool's own threads, where blocking is allowed.
final class WorkerPool: Sendable {
    let name: QueueName
    let number: Int16
    let worker: WorkerID
    let lane: JobQueue
    let runner: AttemptRunner
    let threads: ThreadPool
    /// Says in the database that this pool sleeps; false when that is said already.
    let fallAsleep: @Sendable (WorkerPool) async -> Bool
    let wakeUps: AsyncStream<Void>
    let wakeUp: AsyncStream<Void>.Continuation
    let state: Mutex<State>
    static let clock = ContinuousClock()
    let origin = WorkerPool.clock.now
    /// Finds what an earlier attempt saved.
    let checkpoint: @Sendable (JobID) async throws -> String?

    struct State {
        var machine: PoolMachine<LeasedJob>
        var walk = ClaimWalk()
        var leastUrgent = Int(Int16.max)
        var isLimited = false
        /// Whether it knows the operator's settings and the queue's limits; nothing is claimed before.
        var isTold = false
        var running: [LeaseKey: Running] = [:]
        var hands: [Int: Hand] = [:]
        var nextHand = 0
        var reports: [ProgressReport] = []
        var statistics = PoolStatistics()
        var commits = CommitPolicy()
        var claims = 0
        /// Jobs in each row of the latest claim, one at the least.
        var jobsPerRow = 1.0
        /// Where the claims of a priority have come to, for fair queueing; what is not yet told.
        var reached: [Int: Int64] = [:]
        /// Whether the task that goes to the database looks by itself.
        var isAwake = false
        var isStopped = false
        var isOver = false
        /// Whether a wake-up is on its way.
        var isPolling = false
        /// Being acknowledged at this moment.
        var inFlight = PoolMachine<LeasedJob>.Acknowledgements()
        /// Whether something is, which may be progress only.
        var isInFlight = false

        /// What was in flight has been written, or is to be written anew.
        mutating func land() {
            self.inFlight = .init()
            self.isInFlight = false
        }
    }

    struct Running {
        let attempt: Attempt
        let job: LeasedJob
        var task: Task<Void, Never>?
    }

    /// - Parameters:
    ///   - lane: the queue on the worker's own connections, which handlers cannot exhaust.
    ///   - queue: the queue on everybody's connections, for ends with recordings.
    init(
        name: QueueName, number: Int16, worker: WorkerID, slots: Int, prefetch: Int, niceness: Int, lane: JobQueue,
        queue: JobQueue, registry: JobRegistry, fallAsleep: @escaping @Sendable (WorkerPool) async -> Bool
    ) {
        self.name = name
        self.number = number
        self.worker = worker
        self.lane = lane
        self.checkpoint = { [lane] job in try await lane.checkpoint(of: job) }
        self.runner = AttemptRunner(queue: queue, registry: registry)
        self.fallAsleep = fallAsleep
        // Two threads a slot: an attempt may do two things at once, and neither waits for another attempt's.
        self.threads = ThreadPool(name: name.rawValue, threads: 2 * max(slots, 1), niceness: niceness)
        (self.wakeUps, self.wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        var machine = PoolMachine<LeasedJob>(slots: slots, prefetch: prefetch)
        machine.mayClaim = false
        self.state = Mutex(State(machine: machine))
    }

    /// Since the pool was made.
    var now: Duration { Self.clock.now - self.origin }

    /// Looks for work soon: some may have come.
    func wake() {
        self.state.withLock { $0.machine.woken() }
        self.wakeUp.yield()
    }

    /// Whether it would take more than it found.
    var isHungry: Bool { self.state.withLock { $0.machine.want > 0 && $0.machine.foundAll } }

    var load: PoolLoad {
        self.state.withLock { state in
            PoolLoad(
                mode: state.machine.mode, slots: state.machine.slots, prefetch: state.machine.prefetch,
                running: state.machine.running, waiting: state.machine.waiting,
                commitMicroseconds: state.commits.latency.map { Int($0 / .microseconds(1)) },
                joinsCommits: state.commits.joins)
        }
    }

    /// Takes effect at once; attempts that run are not disturbed.
    ///
    /// - Returns: whether that changed anything an operator sees.
    func apply(_ settings: PoolSettings, isLimited: Bool, defaults: PoolSettings) async -> Bool {
        let settings = settings.falling(backTo: defaults)
        let (mode, slots) = (settings.mode ?? .working, settings.slots ?? 1)
        self.threads.grow(to: 2 * max(slots, 1))
        let (changed, back) = self.state.withLock { state in
            let changed = state.machine.mode != mode || state.machine.slots != slots
            state.leastUrgent = settings.leastUrgent ?? Int(Int16.max)
            state.isLimited = isLimited
            state.isTold = true
            guard !state.isStopped else { return (false, [PoolMachine<LeasedJob>.Entry]()) }
            return (changed, state.machine.apply(mode: mode, slots: slots, prefetch: settings.prefetch ?? 0))
        }
        if changed {
            Logger.current.notice(
                "changed a pool",
                metadata: ["queue.name": "\(self.name)", "slots": "\(slots)", "mode": "\(mode.rawValue)"])
            self.wake()
        }
        await self.giveBack(back)
        return changed
    }

    /// Opens or closes the pool to new jobs, by the worker's watch; it stays closed until ``apply(_:isLimited:defaults:)``.
    func setOpen(_ isOpen: Bool) { self.state.withLock { $0.machine.mayClaim = isOpen && $0.isTold } }

    /// Runs until ``drain()``, then until the last attempt has ended and is acknowledged.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in self.wakeUps {
                if await self.work(in: &group) { break }
            }
        }
        self.state.withLock { $0.isOver = true }
    }

    /// Does what there is to do until there is nothing.
    ///
    /// - Returns: whether the pool has come to its end.
    func work(in group: inout DiscardingTaskGroup) async -> Bool {
        self.state.withLock { $0.isAwake = true }
        while !Task.isCancelled {
            self.start(in: &group)
            let decision = self.state.withLock { state in
                let decision = state.machine.flush(at: self.now)
                if decision == .idle { state.isAwake = false }
                return decision
            }
            switch decision {
            case .now: await self.flush()
            case .after(let rest): try? await Task.sleep(for: rest)
            case .idle:
                let (found, soon) = self.recall()
                if found { continue }
                if soon { self.poll(after: Hand.patience, in: &group) }
                let (isOver, mustPoll) = self.state.withLock { state in
                    (
                        state.machine.mode == .draining && state.machine.running == 0 && state.isStopped,
                        state.isLimited && !state.isPolling && state.machine.want > 0
                    )
                }
                // What a limit or a rate holds back becomes free without anybody's word.
                if mustPoll { self.poll(after: .milliseconds(100), in: &group) }
                return isOver
            }
        }
        return true
    }

    func poll(after rest: Duration, in group: inout DiscardingTaskGroup) {
        self.state.withLock { $0.isPolling = true }
        group.addTask {
            try? await Task.sleep(for: rest)
            self.state.withLock { $0.isPolling = false }
            self.wake()
        }
    }

    /// Whether the last attempt has ended and is acknowledged.
    var isOver: Bool { self.state.withLock { $0.isOver } }

    /// Takes no more jobs, and gives back what has not begun; ends when the last attempt has.
    func drain() async {
        let back = self.state.withLock { state in
            state.isStopped = true
            return state.machine.apply(mode: .draining, slots: state.machine.slots, prefetch: 0)
        }
        await self.giveBack(back)
        self.wakeUp.yield()
    }

    /// Cancels what still runs; such jobs are given back, their attempt uncounted.
    func stop() {
        let tasks = self.state.withLock { state in
            for hand in state.hands.values { hand.cancel() }
            return state.running.values.compactMap(\.task)
        }
        for task in tasks { task.cancel() }
        self.wakeUp.yield()
    }

    func shutdown() { self.threads.shutdown() }
}
