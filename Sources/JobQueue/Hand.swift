import JobLifecycle
import Synchronization

/// What runs jobs of batches one after another, in one slot: a task, and the run of jobs it has taken.
///
/// It takes as many as last about ``reach``, so that a job of microseconds does not pay for the way to the pool and back.
/// What it has not begun can be taken away again, should one of them last longer.
final class Hand: Sendable {
    typealias Entry = PoolMachine<LeasedJob>.Entry

    /// How long the jobs taken at once should last together.
    static let reach = Duration.microseconds(500)
    /// The most jobs taken at once.
    static let largestRun = 64
    /// A job that lasts longer holds up those behind it.
    static let patience = Duration.milliseconds(5)

    private struct State {
        var task: Task<Void, Never>?
        var run: [Entry] = []
        var next = 0
        var began = Duration.zero
        var timeout: Duration?
        var isLate = false
    }

    private let state = Mutex(State())

    /// - Parameter task: what ``cancel()`` cancels.
    func adopt(_ task: Task<Void, Never>) { self.state.withLock { $0.task = task } }

    func cancel() { self.state.withLock { $0.task }?.cancel() }

    func take(_ run: [Entry]) {
        self.state.withLock { state in
            state.run = run
            state.next = 0
        }
    }

    /// The next job of the run, which begins now.
    func begin(at now: Duration) -> Entry? {
        self.state.withLock { state in
            guard state.next < state.run.count else {
                state.timeout = nil
                return nil
            }
            defer { state.next += 1 }
            state.began = now
            state.timeout = state.run[state.next].job.timeout
            return state.run[state.next]
        }
    }

    /// Takes away what has not begun.
    ///
    /// - Parameter now: only if the job that runs has lasted too long by then; nil: in any case.
    func recall(at now: Duration? = nil) -> ArraySlice<Entry> {
        self.state.withLock { state in
            if let now, now - state.began < Self.patience { return [] }
            defer { state.run.removeLast(state.run.count - state.next) }
            return state.run[state.next...]
        }
    }

    var hasRest: Bool { self.state.withLock { $0.next < $0.run.count } }

    /// Cancels the task if its job takes longer than it may.
    func cancelLate(at now: Duration) {
        let task: Task<Void, Never>? = self.state.withLock { state in
            guard let timeout = state.timeout, !state.isLate, now - state.began > timeout else { return nil }
            state.isLate = true
            return state.task
        }
        task?.cancel()
    }

    /// Whether its task was cancelled because a job took too long.
    var isLate: Bool { self.state.withLock { $0.isLate } }
}

/// How many jobs to take at once, learned from how long the latest took.
struct RunLength {
    private(set) var jobs = 1

    mutating func learned(_ count: Int, took: Duration) {
        guard count > 0 else { return }
        let each = max(took / count, .nanoseconds(1))
        let fitting = Hand.reach / each
        // It grows by steps: one quick job does not prove that the others are.
        self.jobs = max(1, min(Hand.largestRun, Int(min(fitting, 1e6)), self.jobs * 4))
    }
}
