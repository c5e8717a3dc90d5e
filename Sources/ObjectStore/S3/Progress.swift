import NIOCore
import Synchronization

/// Bytes that a request has moved, in either direction, and how long none moved.
///
/// Written by whoever moves them, read by its watchdog.
final class Progress: Sendable {
    private let movedAt = Atomic<UInt64>(0)
    private let silence = Atomic<UInt64>(0)

    init() { self.begin() }

    /// Counts from now on.
    func begin() {
        self.movedAt.store(Self.now, ordering: .relaxed)
        self.silence.store(0, ordering: .relaxed)
    }

    /// Something has moved.
    func move() {
        let now = Self.now
        let before = self.movedAt.exchange(now, ordering: .relaxed)
        self.silence.max(now > before ? now - before : 0, ordering: .relaxed)
    }

    /// How long nothing has moved until now.
    var silentFor: Duration {
        let (now, before) = (Self.now, self.movedAt.load(ordering: .relaxed))
        return .nanoseconds(now > before ? now - before : 0)
    }

    /// The longest time in which nothing moved, and then something did.
    var longestSilence: Duration { .nanoseconds(self.silence.load(ordering: .relaxed)) }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }
}
