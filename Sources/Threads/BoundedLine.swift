/// Does pieces of work one after the other on a thread of a pool, beside whoever hands them in.
///
/// Few wait at a time: who hands in more than that is held back, so that what the pieces hold stays small.
/// `@unchecked Sendable`: every variable is touched under `monitor` only.
@safe public final class BoundedLine: @unchecked Sendable {
    private let pool: ThreadPool
    private let most: Int
    private let monitor = Monitor()
    private var line: [@Sendable () -> Void] = []
    private var isRunning = false

    /// - Parameters:
    ///   - pool: one of its threads does the work while there is any. Never the pool of those who hand it in.
    ///   - waiting: pieces that wait at most, at least 1.
    public init(on pool: ThreadPool, waiting: Int) {
        precondition(waiting >= 1, "a line has room for one piece of work")
        self.pool = pool
        self.most = waiting
    }

    /// Hands in a piece of work; blocks while too many wait.
    public func add(_ work: @escaping @Sendable () -> Void) {
        self.monitor.lock()
        while self.line.count >= self.most { self.monitor.wait() }
        self.append(work)
    }

    /// Hands in a piece of work unless some waits or is being done.
    ///
    /// - Returns: whether it was taken.
    @discardableResult
    public func addIfIdle(_ work: @escaping @Sendable () -> Void) -> Bool {
        self.monitor.lock()
        guard !self.isRunning else {
            self.monitor.unlock()
            return false
        }
        self.append(work)
        return true
    }

    /// Blocks until everything handed in was done.
    public func drain() {
        self.monitor.lock()
        while self.isRunning { self.monitor.wait() }
        self.monitor.unlock()
    }

    /// Caller holds the monitor; it is released here.
    private func append(_ work: @escaping @Sendable () -> Void) {
        self.line.append(work)
        let starts = !self.isRunning
        self.isRunning = true
        self.monitor.unlock()
        if starts { self.pool.perform { self.run() } }
    }

    private func run() {
        self.monitor.lock()
        while !self.line.isEmpty {
            let work = self.line.removeFirst()
            self.monitor.broadcast()
            self.monitor.unlock()
            work()
            self.monitor.lock()
        }
        self.isRunning = false
        self.monitor.broadcast()
        self.monitor.unlock()
    }
}
