import Hummingbird
import NIOCore
import Synchronization

/// Writes an answer to a client that may stop taking it: then the connection is closed, and what fed it is let go.
struct GuardedWriter: Sendable {
    let channel: any Channel
    let idle: Duration

    /// Runs a writer under watch.
    ///
    /// - Parameter body: gets a function that writes one buffer and waits until the client's side has room.
    @concurrent func write(
        to writer: inout any ResponseBodyWriter,
        _ body: @concurrent (_ write: @concurrent (ByteBuffer) async throws -> Void) async throws -> Void
    ) async throws {
        let watch = WriteWatch(idle: self.idle)
        let channel = self.channel
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                if try await watch.isStalled() { channel.close(promise: nil) }
            }
            defer { group.cancelAll() }
            var target = writer
            try await body { buffer in
                watch.begin()
                try await target.write(buffer)
                watch.end()
            }
        }
        try await writer.finish(nil)
    }
}

/// What the writer and its watchdog share.
private final class WriteWatch: Sendable {
    private let idle: Duration
    private let clock = ContinuousClock()
    private let waitingSince = Mutex<ContinuousClock.Instant?>(nil)

    init(idle: Duration) { self.idle = idle }

    func begin() { self.waitingSince.withLock { $0 = self.clock.now } }

    func end() { self.waitingSince.withLock { $0 = nil } }

    /// Answers true when one write has taken too long; ends by cancellation otherwise.
    func isStalled() async throws -> Bool {
        while true {
            try await Task.sleep(for: self.idle / 10, clock: self.clock)
            if let since = self.waitingSince.withLock({ $0 }), self.clock.now - since >= self.idle { return true }
        }
    }
}
