import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import ServiceLifecycle
import Storefront

/// Answers with server-sent events: each fact of a sequence once, its number as its id, for as long as the client listens.
struct EventFeed: Sendable {
    /// The facts after a number, in order; at most a page.
    typealias Read = @Sendable (Int64) async throws -> [CloudEvent]

    let limits: APILimits
    let gate: Gate

    func response(
        to request: Request, context: APIContext, after: Int64, read: @escaping Read
    ) async throws -> Response {
        // Before the head, so that an error is still a problem with its own status.
        let first = try await read(after)
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
                try await self.run(first, after: after, read: read, write: write)
            }
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func run(
        _ first: [CloudEvent], after: Int64, read: Read, write: @concurrent (ByteBuffer) async throws -> Void
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + self.limits.eventStreamLife
        var last = after
        var events = first
        var spokeAt = clock.now
        // A line at once, so that a client knows that it is listening.
        try await write(ByteBuffer(string: "retry: 2000\n\n"))
        while clock.now < end, !Task.isShuttingDownGracefully {
            if events.isEmpty {
                if clock.now - spokeAt >= self.limits.heartbeat {
                    try await write(ByteBuffer(string: ": alive\n\n"))
                    spokeAt = clock.now
                }
                try await Task.sleep(for: self.limits.pollInterval, clock: clock)
            } else {
                for event in events { try await write(Self.text(of: event)) }
                last = events.last?.seq ?? last
                spokeAt = clock.now
            }
            do {
                events = try await read(last)
            } catch {
                // What is away for a moment must not end the stream.
                guard HTTPProblem(describing: error).status == .serviceUnavailable else { throw error }
                events = []
            }
        }
    }

    private static func text(of event: CloudEvent) -> ByteBuffer {
        var buffer = ByteBuffer(string: "id: \(event.seq)\nevent: \(event.type)\ndata: ")
        buffer.writeBytes(event.json.encoded())
        buffer.writeString("\n\n")
        return buffer
    }
}
