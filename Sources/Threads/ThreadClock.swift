import Glibc

/// The processor time of one thread, as the kernel counts it (pthread_getcpuclockid(3)): its own and the kernel's for it.
struct ThreadClock: Sendable {
    private let clock: clockid_t

    /// That of the calling thread; any thread may read it while this one lives.
    static func ofThisThread() -> ThreadClock {
        var clock = clockid_t()
        // Fails for threads that have ended only, and for want of any such clock; then the common name is as good.
        let outcome = unsafe pthread_getcpuclockid(pthread_self(), &clock)
        return ThreadClock(clock: outcome == 0 ? clock : CLOCK_THREAD_CPUTIME_ID)
    }

    /// Since the thread began.
    var now: Duration {
        var time = timespec()
        guard unsafe clock_gettime(self.clock, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
