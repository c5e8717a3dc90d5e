/// A few named pthreads with one first-in-first-out line, for calls that block: disk, hashing, C libraries.
///
/// Prefer ``run(_:)``; as a task executor it also carries whole tasks: `withTaskExecutorPreference(pool)`.
/// Threads start when work needs them, and end with ``shutdown()`` or the last reference.
public final class ThreadPool: TaskExecutor {
    private let queue: WorkQueue

    /// - Parameters:
    ///   - name: what ps and debuggers show, with a number after it; the kernel keeps 15 bytes of both.
    ///   - threads: how many run at once, at least 1.
    ///   - niceness: how much they give way to other threads of the machine, 0 to 19, as nice(1) has it; threads that they
    ///     make do, too.
    public init(name: String, threads: Int, niceness: Int = 0) {
        self.queue = WorkQueue(name: name, threads: threads, niceness: niceness)
    }

    deinit { self.queue.stop() }

    /// How many calls run at once.
    public var threads: Int { self.queue.threadCount }

    /// Allows more threads; a smaller number changes nothing.
    public func grow(to threads: Int) { self.queue.grow(to: threads) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.add { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs a blocking closure on one of the threads, and suspends the caller meanwhile.
    ///
    /// The closure is part of the calling task: task locals are there, and `Task.isCancelled` tells it to stop early.
    /// It always runs, even when the task was cancelled while it stood in line.
    public func run<Value: Sendable, Failure: Error>(
        _ body: @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withTaskExecutorPreference(self) { () async throws(Failure) -> Value in
            try await Self.leaveCaller(body)
        }
    }

    /// `@concurrent`: leaves the caller's actor, if it has one, for the executor that the task prefers.
    @concurrent private static func leaveCaller<Value: Sendable, Failure: Error>(
        _ body: @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try body()
    }

    /// Runs a closure on one of the threads, without waiting for it.
    public func perform(_ work: @escaping @Sendable () -> Void) {
        self.queue.add {
            work()
            withExtendedLifetime(self) {}
        }
    }

    /// Finishes what is in line, then ends the threads and joins them.
    ///
    /// Blocks the caller meanwhile; called on one of the threads, it leaves that one to end by itself. Work handed in
    /// afterwards still runs, on a thread made for it. A second call does nothing.
    public func shutdown() { self.queue.stop() }
}
