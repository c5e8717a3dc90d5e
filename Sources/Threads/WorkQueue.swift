import CLinux
import Glibc

/// A first-in-first-out line of work and the named pthreads that do it.
///
/// Work handed in after ``stop()`` is never lost: a thread is made for it, because a task whose job is dropped
/// would wait for ever.
///
/// `@unchecked Sendable`: every variable is touched under `monitor` only.
@safe final class WorkQueue: @unchecked Sendable {
    private let name: String
    private let niceness: Int32
    private let monitor = Monitor()

    private var line: [@Sendable () -> Void] = []
    private var head = 0
    private var wanted: Int
    private var alive: [pthread_t] = []
    private var finished: [pthread_t] = []
    private var started = 0
    private var idle = 0
    private var stopping = false

    /// - Parameters:
    ///   - threads: how many run at most; each is started by the first work that needs it.
    ///   - niceness: how much its threads give way to others, 0 to 19.
    init(name: String, threads: Int, niceness: Int = 0) {
        precondition(threads >= 1, "work needs a thread")
        self.name = name
        self.niceness = Int32(min(max(niceness, 0), 19))
        self.wanted = threads
    }

    var threadCount: Int {
        self.monitor.lock()
        defer { self.monitor.unlock() }
        return self.wanted
    }

    /// - Parameter work: keeps alive what it needs, its executor above all.
    func add(_ work: @escaping @Sendable () -> Void) {
        self.monitor.lock()
        self.line.append(work)
        let mayStart = self.stopping ? self.alive.isEmpty : self.alive.count < self.wanted
        if self.idle < self.line.count - self.head, mayStart { self.startThread() }
        self.monitor.unlock()
        self.monitor.signal()
    }

    func grow(to threads: Int) {
        self.monitor.lock()
        self.wanted = max(self.wanted, threads)
        while self.alive.count < min(self.wanted, self.line.count - self.head), !self.stopping { self.startThread() }
        self.monitor.unlock()
    }

    /// Finishes what is in line, ends the threads and joins them; called on one of them, it joins the others.
    func stop() {
        self.monitor.lock()
        self.stopping = true
        self.monitor.broadcast()
        let ownThread = pthread_self()
        let onOwnThread = self.alive.contains { pthread_equal($0, ownThread) != 0 }
        while self.alive.count > (onOwnThread ? 1 : 0) { self.monitor.wait() }
        let joinable = self.finished
        self.finished = []
        self.monitor.unlock()
        for thread in joinable { pthread_join(thread, nil) }
    }

    var isOnThread: Bool {
        self.monitor.lock()
        defer { self.monitor.unlock() }
        let thread = pthread_self()
        return self.alive.contains { pthread_equal($0, thread) != 0 }
    }

    /// Caller holds the monitor, so the new thread waits there until it is in `alive`.
    private func startThread() {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let outcome = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<WorkQueue>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context)
        guard outcome == 0 else {
            unsafe Unmanaged<WorkQueue>.fromOpaque(context).release()
            // Somebody else will get to the work; with nobody there it would wait for ever.
            precondition(!self.alive.isEmpty, "the system has no thread left (errno \(outcome))")
            return
        }
        self.started += 1
        self.alive.append(thread)
    }

    private func work() {
        self.monitor.lock()
        let label = self.wanted == 1 ? self.name : "\(self.name)-\(self.started)"
        _ = unsafe linux_set_thread_name(label)
        if self.niceness > 0 { _ = linux_set_thread_niceness(self.niceness) }
        while true {
            while self.head == self.line.count, !self.stopping {
                self.idle += 1
                self.monitor.wait()
                self.idle -= 1
            }
            guard self.head < self.line.count else { break }
            self.runFirst()
            self.monitor.lock()
        }
        self.leave()
        self.monitor.broadcast()
        self.monitor.unlock()
    }

    /// Caller holds the monitor; released while the work runs, and until what it kept alive is gone.
    private func runFirst() {
        do {
            let work = self.takeFirst()
            self.monitor.unlock()
            work()
        }
    }

    private func takeFirst() -> @Sendable () -> Void {
        let work = self.line[self.head]
        self.line[self.head] = {}
        self.head += 1
        if self.head == self.line.count {
            self.line.removeAll(keepingCapacity: self.head <= 1024)
            self.head = 0
        } else if self.head >= 1024, self.head * 2 >= self.line.count {
            self.line.removeFirst(self.head)
            self.head = 0
        }
        return work
    }

    /// Caller holds the monitor.
    private func leave() {
        let thread = pthread_self()
        self.alive.removeAll { pthread_equal($0, thread) != 0 }
        self.finished.append(thread)
    }

    deinit {
        // No thread is alive here, for each holds a reference; those that nobody joined end by themselves.
        for thread in self.finished { pthread_detach(thread) }
    }
}
