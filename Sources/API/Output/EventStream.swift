import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Storefront
import Synchronization

/// Answers with server-sent events (WHATWG HTML §9.2): a document, again whenever it has changed, until it will not any
/// more.
struct EventStream: Sendable {
    /// One look at what is watched.
    struct Snapshot: Sendable {
        let event: String
        let document: JSONValue
        /// Whether this is the last one.
        let isFinal: Bool
    }

    let limits: APILimits
    /// Places for streams; one is taken as long as this one lives.
    let gate: Gate

    /// - Parameter look: nil when it is gone, which ends the stream.
    func response(
        to request: Request, context: APIContext, look: @escaping @Sendable () async throws -> Snapshot?
    ) async throws -> Response {
        // The first look comes before the head, so that an error is still a problem with its own status.
        guard let first = try await look() else { throw HTTPProblem.notFound }
        let sequence = (request.headers[.lastEventID].flatMap(Int.init) ?? 0).clamped(to: 0...1_000_000_000)
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
        ]
        if request.method == .head { return Response(status: .ok, headers: headers) }
        try self.gate.enter()
        let place = Place(gate: self.gate)
        let guarded = GuardedWriter(channel: context.channel, idle: self.limits.idle)
        let body = ResponseBody { writer in
            defer { place.leave() }
            try await guarded.write(to: &writer) { write in
                try await self.run(from: first, sequence: sequence, look: look, write: write)
            }
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func run(
        from first: Snapshot, sequence: Int, look: @Sendable () async throws -> Snapshot?,
        write: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + self.limits.eventStreamLife
        var sequence = sequence + 1
        var shown = first.document
        try await write(Self.text(of: first, sequence: sequence))
        if first.isFinal { return }
        var spokeAt = clock.now
        while clock.now < end, !Task.isShuttingDownGracefully {
            try await Task.sleep(for: self.limits.pollInterval, clock: clock)
            // A dependency that is away for a moment must not end the stream; the heartbeat goes on.
            let snapshot: Snapshot?
            do {
                snapshot = try await look()
            } catch {
                guard HTTPProblem(describing: error).status == .serviceUnavailable else { throw error }
                snapshot = Snapshot(event: first.event, document: shown, isFinal: false)
            }
            guard let snapshot else { return }
            if snapshot.document != shown || snapshot.isFinal {
                sequence += 1
                shown = snapshot.document
                try await write(Self.text(of: snapshot, sequence: sequence))
                spokeAt = clock.now
            } else if clock.now - spokeAt >= self.limits.heartbeat {
                try await write(ByteBuffer(string: ": alive\n\n"))
                spokeAt = clock.now
            }
            if snapshot.isFinal { return }
        }
    }

    private static func text(of snapshot: Snapshot, sequence: Int) -> ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(sequence)\nevent: \(snapshot.event)\ndata: ")
        // Our JSON has no line breaks, so one data line holds it.
        buffer.writeBytes(snapshot.document.encoded())
        buffer.writeString("\n\n")
        return buffer
    }
}

/// A place at a gate that is left once, by the stream's end or by never having begun.
final class Place: Sendable {
    private let gate: Gate
    private let isTaken = Mutex(true)

    init(gate: Gate) { self.gate = gate }

    func leave() {
        let wasTaken = self.isTaken.withLock { isTaken in
            defer { isTaken = false }
            return isTaken
        }
        if wasTaken { self.gate.leave() }
    }

    deinit { self.leave() }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .eTag
    static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .eTag
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
