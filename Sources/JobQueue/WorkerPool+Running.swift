import JobLifecycle
import Synchronization
import Threads

extension WorkerPool {
    func start(in group: inout DiscardingTaskGroup) {
        while true {
            if let entry = self.state.withLock({ $0.machine.start { $0.batch == nil } }) {
                self.startSingle(entry, in: &group)
                continue
            }
            let run = self.state.withLock { $0.machine.startRun(upTo: 1) }
            if run.isEmpty { return }
            self.startHand(run, in: &group)
        }
    }

    func startSingle(_ entry: PoolMachine<LeasedJob>.Entry, in group: inout DiscardingTaskGroup) {
        let job = entry.job
        let key = LeaseKey(job: job.id, attempt: job.attempt)
        let threads = MeteredExecutor(self.threads)
        let attempt = self.attempt(of: job) { threads.spent }
        self.state.withLock { $0.running[key] = Running(attempt: attempt, job: job) }
        // A task of its own, so that one attempt can be cancelled without the others; the group owns it.
        let task = Task(executorPreference: threads) {
            let began = self.now
            let conclusion = await self.runner.run(job, attempt: attempt)
            let ended = Ended(entry: entry, attempt: attempt, conclusion: conclusion, took: self.now - began)
            self.ended(ended, key: key)
        }
        self.state.withLock { $0.running[key]?.task = task }
        group.addTask { await task.value }
    }

    /// A task that runs jobs of batches in one slot until no more are in line.
    func startHand(_ first: [PoolMachine<LeasedJob>.Entry], in group: inout DiscardingTaskGroup) {
        let hand = Hand()
        let number = self.state.withLock { state in
            state.nextHand += 1
            state.hands[state.nextHand] = hand
            return state.nextHand
        }
        let task = Task(executorPreference: self.threads) {
            var length = RunLength()
            var run = first
            while !run.isEmpty {
                hand.take(run)
                let began = self.now
                let ended = await self.run(by: hand)
                length.learned(ended.count, took: self.now - began)
                run = self.next(after: ended, hand, upTo: length.jobs)
            }
            self.state.withLock { $0.hands[number] = nil }
            await self.giveBackLate()
            self.wakeUp.yield()
        }
        hand.adopt(task)
        group.addTask { await task.value }
    }

    /// Runs what the hand holds, one after another.
    private func run(by hand: Hand) async -> [Ended] {
        var ended: [Ended] = []
        var now = self.now
        while !Task.isCancelled, let entry = hand.begin(at: now) {
            let attempt = self.attempt(of: entry.job)
            let conclusion = await self.runner.runBatched(entry.job, attempt: attempt, by: hand)
            let began = now
            now = self.now
            ended.append(Ended(entry: entry, attempt: attempt, conclusion: conclusion, took: now - began))
        }
        return ended
    }

    /// Tells the machine what has ended, puts back what was not begun, and takes the next.
    private func next(after ended: [Ended], _ hand: Hand, upTo limit: Int) -> [PoolMachine<LeasedJob>.Entry] {
        let now = self.now
        let (next, mustWake) = self.state.withLock { state in
            let rest = hand.recall()
            if !rest.isEmpty { state.machine.putBack(rest) }
            var run: [(entry: PoolMachine<LeasedJob>.Entry, acknowledge: Bool, isRecorded: Bool)] = []
            run.reserveCapacity(ended.count)
            for one in ended {
                Self.note(one, in: &state)
                run.append((one.entry, one.conclusion == .acknowledge, one.isRecorded))
            }
            state.statistics.count(ended)
            state.machine.ended(run: run, at: now)
            let next = Task.isCancelled ? [] : state.machine.startRun(upTo: limit)
            return (next, self.mustWake(state, at: now))
        }
        if mustWake { self.wakeUp.yield() }
        return next
    }

    /// Takes jobs away from hands that are held up, for slots that are free.
    ///
    /// - Returns: whether there were any, and whether there may be soon.
    func recall() -> (found: Bool, soon: Bool) {
        let now = self.now
        return self.state.withLock { state in
            guard state.machine.running < state.machine.slots, state.machine.waiting == 0 else { return (false, false) }
            var (found, soon) = (false, false)
            for hand in state.hands.values where hand.hasRest {
                let rest = hand.recall(at: now)
                state.machine.putBack(rest)
                found = found || !rest.isEmpty
                soon = soon || rest.isEmpty
            }
            return (found, soon)
        }
    }

    /// What was put back into the line of a pool that takes no more.
    private func giveBackLate() async {
        let back = self.state.withLock { $0.machine.mode == .working ? [] : $0.machine.giveBack() }
        guard !back.isEmpty else { return }
        // Not cut short by the cancellation of the hand.
        await Task { await self.giveBack(back) }.value
    }

    func attempt(of job: LeasedJob, processorTime: @escaping @Sendable () -> Duration = { .zero }) -> Attempt {
        Attempt(job, checkpoint: self.checkpoint, processorTime: processorTime)
    }

    func ended(_ one: Ended, key: LeaseKey) {
        let now = self.now
        let mustWake = self.state.withLock { state in
            state.running[key] = nil
            Self.note(one, in: &state)
            state.statistics.count([one])
            state.machine.ended(
                one.entry, acknowledge: one.conclusion == .acknowledge, isRecorded: one.isRecorded, at: now)
            return self.mustWake(state, at: now)
        }
        if mustWake { self.wakeUp.yield() }
    }

    /// Keeps the last progress of what is acknowledged with others.
    private static func note(_ one: Ended, in state: inout State) {
        guard one.conclusion == .acknowledge, let news = one.attempt.takeNews() else { return }
        state.reports.append(
            ProgressReport(job: one.entry.job, progress: news.progress, checkpoint: news.checkpoint))
    }

    private func mustWake(_ state: borrowing State, at now: Duration) -> Bool {
        !state.isAwake && (state.machine.flush(at: now) != .idle || state.isStopped || state.machine.waiting > 0)
    }
}

/// An attempt that has ended.
struct Ended: Sendable {
    let entry: PoolMachine<LeasedJob>.Entry
    let attempt: Attempt
    let conclusion: AttemptRunner.Conclusion
    let took: Duration

    /// Whether its end is written, or will be by an acknowledgement; otherwise the lease is still there.
    var isRecorded: Bool { self.end != .unrecorded }

    /// As the sums count it.
    var end: AttemptRunner.End { if case .recorded(let end) = self.conclusion { end } else { .completed } }
}
