import Glibc

/// A pthread mutex and a condition, in memory that never moves.
///
/// For threads that block, never for tasks. Not `Synchronization.Mutex`: ThreadSanitizer understands this one, and it has a condition to wait for.
/// `@unchecked Sendable`: both pointers are set once, and what they point to is made for sharing.
@safe public final class Monitor: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    public init() {
        unsafe self.mutex = .allocate(capacity: 1)
        unsafe self.condition = .allocate(capacity: 1)
        let outcome = unsafe (pthread_mutex_init(self.mutex, nil), pthread_cond_init(self.condition, nil))
        precondition(outcome == (0, 0), "a default mutex and condition can always be made on Linux")
    }

    deinit {
        unsafe pthread_cond_destroy(self.condition)
        unsafe pthread_mutex_destroy(self.mutex)
        unsafe self.condition.deallocate()
        unsafe self.mutex.deallocate()
    }

    public func lock() { unsafe pthread_mutex_lock(self.mutex) }
    public func unlock() { unsafe pthread_mutex_unlock(self.mutex) }

    /// Lets others in until ``signal()`` or ``broadcast()``; wakes spuriously, too.
    public func wait() { unsafe pthread_cond_wait(self.condition, self.mutex) }
    public func signal() { unsafe pthread_cond_signal(self.condition) }
    public func broadcast() { unsafe pthread_cond_broadcast(self.condition) }
}
