import Synchronization

/// Carries tasks on the threads of a pool, and adds up the processor time they take there.
///
/// One for each piece of work that is metered. All that a task does counts, and its child tasks, whichever threads they are
/// on; what they hand to another executor, such as an actor with its own or a `ThreadPool.run(_:)`, does not.
public final class MeteredExecutor: TaskExecutor {
    private struct Stretch {
        let clock: ThreadClock
        let began: Duration
    }

    private struct State {
        var ended = Duration.zero
        /// What runs at this moment.
        var running: [Int: Stretch] = [:]
        var next = 0
    }

    private let pool: ThreadPool
    private let state = Mutex(State())

    public init(_ pool: ThreadPool) { self.pool = pool }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.pool.perform {
            let stretch = self.begin()
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
            self.end(stretch)
        }
    }

    /// So far, what runs at this moment included; never less than it was before.
    public var spent: Duration {
        // Under the lock, so that no thread whose clock is read can end meanwhile.
        self.state.withLock { state in
            state.running.values.reduce(state.ended) { $0 + max($1.clock.now - $1.began, .zero) }
        }
    }

    private func begin() -> Int {
        let clock = ThreadClock.ofThisThread()
        return self.state.withLock { state in
            state.next += 1
            state.running[state.next] = Stretch(clock: clock, began: clock.now)
            return state.next
        }
    }

    private func end(_ number: Int) {
        self.state.withLock { state in
            guard let stretch = state.running.removeValue(forKey: number) else { return }
            state.ended += max(stretch.clock.now - stretch.began, .zero)
        }
    }
}
