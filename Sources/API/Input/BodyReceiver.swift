import Content
import Hummingbird
import NIOCore
import Synchronization

/// Reads bodies against the clock: a sender that stops, or drips, loses its place.
///
/// Only the wait for the network counts; a slow disk of ours is not the sender's fault.
struct BodyReceiver: Sendable {
    let idle: Duration
    let minimumRate: ByteCount

    init(_ limits: APILimits) {
        self.idle = limits.idle
        self.minimumRate = limits.minimumRate
    }

    /// Lets an operation read a body.
    ///
    /// - Parameter limit: the most bytes that may come; ``ReceiveError/tooLarge(limit:)`` at the first one beyond.
    func receive<Value: Sendable>(
        _ body: RequestBody, limit: Int64, by operation: @escaping @Sendable (WatchedBody) async throws -> Value
    ) async throws -> Value {
        let watch = BodyWatch(idle: self.idle, minimumRate: self.minimumRate)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation(WatchedBody(body: body, watch: watch, limit: limit)) }
            group.addTask {
                try await watch.run()
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }

    /// Collects a body that is small.
    func collect(_ body: RequestBody, limit: ByteCount) async throws -> [UInt8] {
        try await self.receive(body, limit: limit.bytes) { body in
            var bytes: [UInt8] = []
            for try await buffer in body { bytes += buffer.readableBytesView }
            return bytes
        }
    }
}

/// What the reader of a body and its watchdog share.
final class BodyWatch: Sendable {
    private struct State {
        var waitingSince: ContinuousClock.Instant?
        var waited = Duration.zero
        var bytes: Int64 = 0
    }

    private let idle: Duration
    private let minimumRate: ByteCount
    private let clock = ContinuousClock()
    private let state = Mutex(State())

    init(idle: Duration, minimumRate: ByteCount) {
        self.idle = idle
        self.minimumRate = minimumRate
    }

    func beginWaiting() { self.state.withLock { $0.waitingSince = self.clock.now } }

    func endWaiting(bytes: Int) {
        self.state.withLock { state in
            if let since = state.waitingSince { state.waited += self.clock.now - since }
            state.waitingSince = nil
            state.bytes += Int64(bytes)
        }
    }

    /// Throws as soon as the sender has lost its place; ends by cancellation only.
    func run() async throws {
        // Looking twenty times in the span is precise enough and costs nothing.
        let step = self.idle / 20
        while true {
            try await Task.sleep(for: step, clock: self.clock)
            if let objection = self.state.withLock({ self.objection(to: $0) }) { throw objection }
        }
    }

    private func objection(to state: State) -> ReceiveError? {
        guard let since = state.waitingSince else { return nil }
        let current = self.clock.now - since
        if current >= self.idle { return .idle(self.idle) }
        let waited = state.waited + current
        guard waited > self.idle * 2 else { return nil }
        let expected = Double(self.minimumRate.bytes) * (waited / .seconds(1))
        return Double(state.bytes) < expected ? .tooSlow : nil
    }
}

/// A body that is watched while it is read.
///
/// Iterated once.
struct WatchedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let body: RequestBody
    let watch: BodyWatch
    let limit: Int64

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: self.body.makeAsyncIterator(), watch: self.watch, limit: self.limit)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var source: RequestBody.AsyncIterator
        let watch: BodyWatch
        let limit: Int64
        var received: Int64 = 0

        mutating func next() async throws -> ByteBuffer? {
            self.watch.beginWaiting()
            let buffer = try await self.source.next(isolation: #isolation)
            self.watch.endWaiting(bytes: buffer?.readableBytes ?? 0)
            self.received += Int64(buffer?.readableBytes ?? 0)
            guard self.received <= self.limit else { throw ReceiveError.tooLarge(limit: self.limit) }
            return buffer
        }
    }
}
