/// One named pthread that is a serial executor and a task executor at once.
///
/// Blocking calls belong here, never on Swift's cooperative pool, which has only as many threads as the machine has
/// cores. An actor on this executor, called by a task that prefers this executor, costs no thread hop.
/// The thread starts with the first work, and ends with ``shutdown()`` or the last reference.
public final class ThreadExecutor: SerialExecutor, TaskExecutor {
    private let queue: WorkQueue

    /// - Parameter name: what ps and debuggers show; the kernel keeps 15 bytes of it.
    public init(name: String) { self.queue = WorkQueue(name: name, threads: 1) }

    deinit { self.queue.stop() }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.add {
            unsafe job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    /// Runs a closure on the thread, after what is in line already, without waiting for it.
    public func perform(_ work: @escaping @Sendable () -> Void) {
        self.queue.add {
            work()
            withExtendedLifetime(self) {}
        }
    }

    /// Finishes what is in line, then ends the thread and joins it.
    ///
    /// Blocks the caller meanwhile; called on the thread itself, it returns at once. Work handed in afterwards still
    /// runs, in order, on a thread made for it. A second call does nothing.
    public func shutdown() { self.queue.stop() }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    public func checkIsolated() { precondition(self.queue.isOnThread, "not on the thread of this executor") }

    public func isIsolatingCurrentContext() -> Bool? { self.queue.isOnThread }
}
