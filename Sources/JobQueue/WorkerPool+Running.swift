import JobLifecycle
import Synchronization

extension WorkerPool {
    func start(in group: inout DiscardingTaskGroup) {
        while let entry = self.state.withLock({ $0.machine.start() }) {
            if entry.batch == nil {
                self.startSingle(entry, in: &group)
            } else {
                self.startHand(entry, in: &group)
            }
        }
    }

    func startSingle(_ entry: PoolMachine<LeasedJob>.Entry, in group: inout DiscardingTaskGroup) {
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

    func startHand(_ first: PoolMachine<LeasedJob>.Entry, in group: inout DiscardingTaskGroup) {
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

    func run(_ entry: PoolMachine<LeasedJob>.Entry, by hand: Int) async {
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

    func attempt(of job: LeasedJob) -> Attempt {
        Attempt(
            job: job.id, number: job.attempt, maxAttempts: job.maxAttempts, scope: job.scope, developer: job.developer,
            checkpoint: { [lane] in try await lane.checkpoint(of: job.id) })
    }

    func ended(
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
            state.machine.ended(
                entry, acknowledge: conclusion == .acknowledge, isRecorded: end != .unrecorded, at: now)
            return !state.isAwake
                && (state.machine.flush(at: now) != .idle || state.isStopped || state.machine.waiting > 0)
        }
        if mustWake { self.wakeUp.yield() }
    }
}
