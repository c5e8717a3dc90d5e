import JobLifecycle
import Logging
import Metrics
import Postgres
import Synchronization
import Threads

/// The workers of one queue in one process: as many slots as attempts may run at a time.
///
/// What to do is decided by a `PoolMachine`; this carries it out. One task goes to the database: it acknowledges what has
/// ended and claims what can be taken in one round trip and one commit. Jobs with a lease of their own run in a task each,
/// which can be cancelled; those of batches are run one after another by as many hands as there are slots. All of them run
/// on the pool's own threads, where blocking is allowed.
final class WorkerPool: Sendable {
    let name: QueueName
    let number: Int16
    let worker: WorkerID
    private let lane: JobQueue
    private let runner: AttemptRunner
    private let threads: ThreadPool
    /// Says in the database that this pool sleeps; false when that is said already.
    private let fallAsleep: @Sendable (WorkerPool) async -> Bool
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    private let state: Mutex<State>
    private static let clock = ContinuousClock()
    private let origin = WorkerPool.clock.now

    private struct State {
        var machine: PoolMachine<LeasedJob>
        var walk = ClaimWalk()
        var leastUrgent = Int(Int16.max)
        var isLimited = false
        var running: [LeaseKey: Running] = [:]
        var hands: [Int: Hand] = [:]
        var nextHand = 0
        var reports: [ProgressReport] = []
        var statistics = PoolStatistics()
        var claims = 0
        /// Where the claims of a priority have come to, for fair queueing; what is not yet told.
        var reached: [Int: Int64] = [:]
        /// Whether the task that goes to the database looks by itself.
        var isAwake = false
        var isStopped = false
        /// Whether a wake-up is on its way.
        var isPolling = false
    }

    private struct Running {
        let attempt: Attempt
        let job: LeasedJob
        var task: Task<Void, Never>?
    }

    /// A task that runs jobs of batches.
    private struct Hand {
        var task: Task<Void, Never>?
        var attempt: Attempt?
        var job: LeasedJob?
        var began = Duration.zero
        var isLate = false
    }

    /// - Parameters:
    ///   - lane: the queue on the worker's own connections, which handlers cannot exhaust.
    ///   - queue: the queue on everybody's connections, for ends with recordings.
    init(
        name: QueueName, number: Int16, worker: WorkerID, slots: Int, prefetch: Int, lane: JobQueue, queue: JobQueue,
        registry: JobRegistry, fallAsleep: @escaping @Sendable (WorkerPool) async -> Bool
    ) {
        self.name = name
        self.number = number
        self.worker = worker
        self.lane = lane
        self.runner = AttemptRunner(queue: queue, registry: registry)
        self.fallAsleep = fallAsleep
        // Two threads a slot: an attempt may do two things at once, and neither waits for another attempt's.
        self.threads = ThreadPool(name: name.rawValue, threads: 2 * max(slots, 1))
        (self.wakeUps, self.wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.state = Mutex(State(machine: PoolMachine(slots: slots, prefetch: prefetch)))
    }

    /// Since the pool was made.
    private var now: Duration { Self.clock.now - self.origin }

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
                running: state.machine.running, waiting: state.machine.waiting)
        }
    }

    /// Takes effect at once; attempts that run are not disturbed.
    func apply(_ settings: PoolSettings, isLimited: Bool, defaults: PoolSettings) async {
        let settings = settings.falling(backTo: defaults)
        let (mode, slots) = (settings.mode ?? .working, settings.slots ?? 1)
        self.threads.grow(to: 2 * max(slots, 1))
        let (changed, back) = self.state.withLock { state in
            let changed = state.machine.mode != mode || state.machine.slots != slots
            state.leastUrgent = settings.leastUrgent ?? Int(Int16.max)
            state.isLimited = isLimited
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
    }

    /// Opens or closes the pool to new jobs, by the worker's watch.
    func setOpen(_ isOpen: Bool) { self.state.withLock { $0.machine.mayClaim = isOpen } }

    /// Runs until ``drain()``, then until the last attempt has ended and is acknowledged.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in self.wakeUps {
                if await self.work(in: &group) { break }
            }
            self.wakeUp.finish()
        }
    }

    /// Does what there is to do until there is nothing.
    ///
    /// - Returns: whether the pool has come to its end.
    private func work(in group: inout DiscardingTaskGroup) async -> Bool {
        self.state.withLock { $0.isAwake = true }
        while true {
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
    }

    private func poll(after rest: Duration, in group: inout DiscardingTaskGroup) {
        self.state.withLock { $0.isPolling = true }
        group.addTask {
            try? await Task.sleep(for: rest)
            self.state.withLock { $0.isPolling = false }
            self.wake()
        }
    }

    // MARK: Going to the database

    private func flush() async {
        let (taken, reports, claim) = self.state.withLock { state in
            let taken = state.machine.takeAcknowledgements()
            defer { state.reports = [] }
            return (taken, state.reports, self.nextClaim(&state))
        }
        var statements = JobQueue.statements(Self.acknowledgement(of: taken), of: self.worker)
        let acknowledging = statements.count
        if let recording = JobQueue.recording(reports) { statements.insert(recording, at: 0) }
        if let claim {
            if claim.isLimited { statements.append(JobQueue.lock(self.number)) }
            statements.append(JobQueue.statement(claim, from: self.number, to: self.worker))
        }
        guard !statements.isEmpty else { return }
        let asked = statements
        let began = Self.clock.now
        do {
            let answers = try await self.lane.database.withConnection { connection throws(PostgresError) in
                try await connection.pipeline(asked)
            }
            let first = reports.isEmpty ? 0 : 1
            try self.acknowledged(taken, answers[first..<first + acknowledging])
            guard let claim, let rows = answers.last else { return }
            let jobs = try rows.map { row throws(PostgresError) in
                try LeasedJob(row, worker: self.worker, queue: self.number)
            }
            await self.claimed(jobs, by: claim, cost: Self.clock.now - began)
        } catch {
            Logger.current.warning(
                "could not reach the queue", metadata: ["queue.name": "\(self.name)", "error": "\(error)"])
            self.state.withLock { state in
                if !taken.isEmpty { state.machine.failed(taken, at: self.now) }
                state.reports += reports
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func nextClaim(_ state: inout State) -> Claim? {
        let want = state.machine.want
        guard want > 0, !state.machine.foundAll else { return nil }
        state.claims += 1
        var claim = Claim(limit: want, leastUrgent: state.leastUrgent)
        claim.isLimited = state.isLimited
        claim.isAging = state.claims % Claim.agingPeriod == 0
        if !claim.isAging { claim.place = state.walk.place(at: self.now) }
        return claim
    }

    private func claimed(_ jobs: [LeasedJob], by claim: Claim, cost: Duration) async {
        let (foundAll, late) = self.state.withLock { state in
            let isFull = jobs.count >= claim.limit
            if !claim.isAging {
                state.walk.learned(
                    first: jobs.first.map { ClaimPlace(priority: $0.priority, rank: $0.rank) }, isFull: isFull,
                    cost: cost,
                    at: self.now)
            }
            for job in jobs where job.key != nil { state.reached[job.priority] = job.rank }
            state.machine.claimed(
                jobs.map { PoolMachine.Entry(id: $0.id.rawValue, batch: $0.batch, job: $0) }, asked: claim.limit)
            if !isFull, claim.isAging || !state.walk.sawAll { state.machine.woken() }
            // Closed while it was claiming.
            return (state.machine.foundAll, state.machine.mode == .working ? [] : state.machine.giveBack())
        }
        await self.giveBack(late)
        guard foundAll else { return }
        // Who says that it sleeps looks once more: a job may have come before that was said.
        if await self.fallAsleep(self) { self.state.withLock { $0.machine.woken() } }
    }

    private func acknowledged(
        _ taken: PoolMachine<LeasedJob>.Acknowledgements, _ answers: ArraySlice<[Row]>
    ) throws(PostgresError) {
        guard !taken.jobs.isEmpty else { return }
        var ended = 0
        for rows in answers { ended += Int(try rows.first?.decode("jobs", as: Int64.self) ?? 0) }
        guard ended < taken.jobs.count else { return }
        Counter(label: "slipway_jobs_fenced_total").increment(by: taken.jobs.count - ended)
        Logger.current.warning(
            "ended attempts whose leases were gone; nothing was recorded",
            metadata: ["queue.name": "\(self.name)", "jobs": "\(taken.jobs.count - ended)"])
    }

    private static func acknowledgement(of taken: PoolMachine<LeasedJob>.Acknowledgements) -> Acknowledgement {
        var acknowledgement = Acknowledgement()
        acknowledgement.single = taken.single.map(\.job)
        acknowledgement.batches = taken.batches
        acknowledgement.partly = taken.partly.map { PartOfBatch(batch: $0.batch, id: $0.id) }
        acknowledgement.keyed = taken.jobs.map(\.job).filter { $0.batch != nil && $0.key != nil }
        return acknowledgement
    }

    private func giveBack(_ entries: [PoolMachine<LeasedJob>.Entry]) async {
        guard !entries.isEmpty else { return }
        do {
            try await self.lane.giveBack(entries.map(\.job), from: self.worker)
        } catch {
            // The heartbeat finds that nobody works on them.
            Logger.current.warning("could not give jobs back", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Running

    private func start(in group: inout DiscardingTaskGroup) {
        while let entry = self.state.withLock({ $0.machine.start() }) {
            if entry.batch == nil {
                self.startSingle(entry, in: &group)
            } else {
                self.startHand(entry, in: &group)
            }
        }
    }

    private func startSingle(_ entry: PoolMachine<LeasedJob>.Entry, in group: inout DiscardingTaskGroup) {
        let job = entry.job
        let key = LeaseKey(job: job.id, attempt: job.attempt)
        let attempt = self.attempt(of: job)
        self.state.withLock { $0.running[key] = Running(attempt: attempt, job: job) }
        // A task of its own, so that one attempt can be cancelled without the others; the group owns it.
        let task = Task(executorPreference: self.threads) {
            let began = self.now
            let conclusion = await self.runner.run(job, attempt: attempt)
            self.ended(entry, attempt, conclusion, took: self.now - began, key: key)
        }
        self.state.withLock { $0.running[key]?.task = task }
        group.addTask { await task.value }
    }

    private func startHand(_ first: PoolMachine<LeasedJob>.Entry, in group: inout DiscardingTaskGroup) {
        let hand = self.state.withLock { state in
            state.nextHand += 1
            state.hands[state.nextHand] = Hand()
            return state.nextHand
        }
        let task = Task(executorPreference: self.threads) {
            var next: PoolMachine<LeasedJob>.Entry? = first
            while let entry = next {
                await self.run(entry, by: hand)
                next = Task.isCancelled ? nil : self.state.withLock { $0.machine.start { $0.batch != nil } }
            }
            self.state.withLock { $0.hands[hand] = nil }
            self.wakeUp.yield()
        }
        self.state.withLock { $0.hands[hand]?.task = task }
        group.addTask { await task.value }
    }

    private func run(_ entry: PoolMachine<LeasedJob>.Entry, by hand: Int) async {
        let job = entry.job
        let attempt = self.attempt(of: job)
        let began = self.now
        self.state.withLock { state in
            state.hands[hand]?.job = job
            state.hands[hand]?.attempt = attempt
            state.hands[hand]?.began = began
        }
        let conclusion = await self.runner.runBatched(job, attempt: attempt) {
            self.state.withLock { $0.hands[hand]?.isLate ?? false }
        }
        self.state.withLock { $0.hands[hand]?.job = nil }
        self.ended(entry, attempt, conclusion, took: self.now - began, key: nil)
    }

    private func attempt(of job: LeasedJob) -> Attempt {
        Attempt(
            job: job.id, number: job.attempt, maxAttempts: job.maxAttempts, scope: job.scope, developer: job.developer,
            checkpoint: { [lane] in try await lane.checkpoint(of: job.id) })
    }

    private func ended(
        _ entry: PoolMachine<LeasedJob>.Entry, _ attempt: Attempt, _ conclusion: AttemptRunner.Conclusion,
        took: Duration, key: LeaseKey?
    ) {
        let now = self.now
        let mustWake = self.state.withLock { state in
            if let key { state.running[key] = nil }
            if conclusion == .acknowledge, let news = attempt.takeNews() {
                state.reports.append(
                    ProgressReport(job: entry.job, progress: news.progress, checkpoint: news.checkpoint))
            }
            let end: AttemptRunner.End = if case .recorded(let end) = conclusion { end } else { .completed }
            state.statistics.count(entry.job, end, took: took)
            state.machine.ended(entry, acknowledge: conclusion == .acknowledge, at: now)
            return !state.isAwake
                && (state.machine.flush(at: now) != .idle || state.isStopped || state.machine.waiting > 0)
        }
        if mustWake { self.wakeUp.yield() }
    }

    // MARK: Heartbeats

    /// Leases of single jobs that run or wait here.
    var leases: Set<LeaseKey> {
        self.state.withLock { state in
            Set(state.running.keys).union(
                state.machine.waitingSingles.map { LeaseKey(job: $0.job.id, attempt: $0.job.attempt) })
        }
    }

    var batches: Set<Int64> { self.state.withLock { $0.machine.openBatches } }

    /// Stops attempts that are no longer this worker's.
    ///
    /// - Parameters:
    ///   - before: what ran and waited when the database was asked.
    ///   - held: what the database said.
    func cancel(_ before: Set<LeaseKey>, notIn held: Set<LeaseKey>) {
        let lost = before.subtracting(held)
        guard !lost.isEmpty else { return }
        let tasks = self.state.withLock { state in
            state.machine.drop(Set(lost.filter { state.running[$0] == nil }.map(\.job.rawValue)))
            return lost.compactMap { state.running[$0]?.task }
        }
        for task in tasks { task.cancel() }
    }

    /// Cancels jobs of batches that take too long.
    func cancelLate() {
        let now = self.now
        let late = self.state.withLock { state in
            var late: [Task<Void, Never>] = []
            for (number, hand) in state.hands {
                guard let job = hand.job, !hand.isLate, now - hand.began > job.timeout, let task = hand.task else {
                    continue
                }
                state.hands[number]?.isLate = true
                late.append(task)
            }
            return late
        }
        for task in late { task.cancel() }
    }

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

    /// How far its claims have come, by priority; what has not been told yet.
    func takeReached() -> [(queue: Int16, priority: Int16, rank: Int64)] {
        self.state.withLock { state in
            defer { state.reached = [:] }
            return state.reached.map { (self.number, Int16(clamping: $0.key), $0.value) }
        }
    }

    func takeStatistics() -> [JobKind: PoolStatistics.Counts] { self.state.withLock { $0.statistics.take() } }

    // MARK: The end

    var isIdle: Bool { self.state.withLock { $0.machine.running == 0 } }

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
            state.running.values.compactMap(\.task) + state.hands.values.compactMap(\.task)
        }
        for task in tasks { task.cancel() }
        self.wakeUp.yield()
    }

    func shutdown() { self.threads.shutdown() }
}
