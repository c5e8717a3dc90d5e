import CLinux
import Glibc

/// One end of a socket that keeps messages apart; closed with the last reference.
///
/// Its calls block: they belong on threads of their own.
final class Channel: Sendable {
    enum Received {
        case message([UInt8], descriptor: Int32?)
        case closed
        case timedOut
    }

    private let socket: Int32

    /// - Parameter socket: becomes the channel's to close.
    init(owning socket: Int32) { self.socket = socket }

    deinit { close(self.socket) }

    /// - Returns: two connected channels' descriptors, or nil when the process has none left.
    static func makePair() -> (Int32, Int32)? {
        var ends: (Int32, Int32) = (-1, -1)
        let outcome = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe linux_seqpacket_pair(bytes.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        return outcome == 0 ? ends : nil
    }

    /// - Returns: whether the other end took it.
    func send(_ message: [UInt8], descriptor: Int32? = nil) -> Bool {
        while true {
            let sent = unsafe message.withUnsafeBytes { bytes in
                unsafe linux_send_descriptor(self.socket, bytes.baseAddress, bytes.count, descriptor ?? -1)
            }
            if sent == message.count { return true }
            guard sent < 0, errno == EINTR else { return false }
        }
    }

    /// Waits for one message.
    ///
    /// - Parameter length: of the longest message, in bytes.
    func receive(_ length: Int, until end: ContinuousClock.Instant) -> Received {
        guard self.waitReadable(until: end) else { return .timedOut }
        var message = [UInt8](repeating: 0, count: length)
        var descriptor: Int32 = -1
        let count = unsafe message.withUnsafeMutableBytes { bytes in
            unsafe linux_receive_descriptor(self.socket, bytes.baseAddress, bytes.count, &descriptor)
        }
        guard count > 0 else { return .closed }
        return .message(Array(message.prefix(count)), descriptor: descriptor >= 0 ? descriptor : nil)
    }

    /// Whether the other end is gone.
    ///
    /// Does not block.
    var isHungUp: Bool {
        var entry = pollfd(fd: self.socket, events: 0, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP | POLLERR) != 0
    }

    /// Wakes whoever waits in ``receive(_:until:)``, there and at the other end, with `closed`.
    func interrupt() { _ = shutdown(self.socket, Int32(SHUT_RDWR)) }

    private func waitReadable(until end: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: end).components
            // Rounded up, so that the last round does not spin; capped, so that it fits.
            let milliseconds = min(left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1, 3_600_000)
            var entry = pollfd(fd: self.socket, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&entry, 1, Int32(max(milliseconds, 0))) > 0 { return true }
            if ContinuousClock.now >= end { return false }
        }
    }
}
