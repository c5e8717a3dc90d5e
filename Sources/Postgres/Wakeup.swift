import CLinux
import Glibc

/// Wakes a thread out of poll(2), from any thread, without ever blocking.
///
/// Several signals before the thread looks are one.
final class Wakeup: Sendable {
    let descriptor: Int32

    /// - Throws: ``PostgresError/connectFailed(reason:)`` when the process has no file descriptor left.
    init() throws(PostgresError) {
        self.descriptor = linux_eventfd()
        guard self.descriptor >= 0 else { throw .connectFailed(reason: "no eventfd (errno \(errno))") }
    }

    deinit { Glibc.close(self.descriptor) }

    func signal() {
        var one: UInt64 = 1
        _ = unsafe write(self.descriptor, &one, 8)
    }

    func drain() {
        var count: UInt64 = 0
        _ = unsafe read(self.descriptor, &count, 8)
    }

    /// Blocks until woken, until `socket` is ready, or until `deadline`.
    ///
    /// - Parameter socket: the descriptor and the events waited for; nil to wait for the wake-up only.
    /// - Returns: whether `socket` is ready, and whether somebody called ``signal()``.
    func wait(socket: (descriptor: Int32, events: Int32)?, until deadline: ContinuousClock.Instant) -> Readiness {
        var descriptors = [
            pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket?.descriptor ?? -1, events: Int16(socket?.events ?? 0), revents: 0),
        ]
        let remaining = ContinuousClock.now.duration(to: deadline)
        // Rounded up, lest the last millisecond be spent spinning.
        let milliseconds = max(0, min(3_600_000, (remaining + .microseconds(999)) / .milliseconds(1)))
        _ = unsafe poll(&descriptors, 2, Int32(milliseconds))
        let woken = descriptors[0].revents != 0
        if woken { self.drain() }
        return Readiness(socket: descriptors[1].revents != 0, woken: woken)
    }

    struct Readiness {
        let socket: Bool
        let woken: Bool
    }
}
