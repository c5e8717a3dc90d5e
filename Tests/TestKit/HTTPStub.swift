import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A service that answers as a test tells it to, behind a real port of 127.0.0.1, and remembers what it was asked.
public final class HTTPStub: Sendable {
    /// What it was asked.
    public struct Call: Sendable {
        public let method: String
        /// With the query.
        public let target: String
        public let headers: [String: String]
        public let body: [UInt8]

        /// Values of the query, as they were sent.
        public var query: [String: String] {
            guard let mark = self.target.firstIndex(of: "?") else { return [:] }
            var query: [String: String] = [:]
            for pair in self.target[self.target.index(after: mark)...].split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1)
                query[String(sides[0])] = sides.count == 2 ? String(sides[1]) : ""
            }
            return query
        }
    }

    /// What it says.
    public struct Answer: Sendable {
        public let status: Int
        public let body: String
        public let headers: [String: String]
        /// Between the head and the body.
        public let rest: Duration

        public init(status: Int = 200, _ body: String, headers: [String: String] = [:], rest: Duration = .zero) {
            self.status = status
            self.body = body
            self.headers = headers
            self.rest = rest
        }
    }

    public typealias Script = @Sendable (Call) -> Answer

    private let script: Mutex<Script>
    private let seen = Mutex<[Call]>([])

    private init(_ script: @escaping Script) { self.script = Mutex(script) }

    /// Everything it was asked, in order.
    public var calls: [Call] { self.seen.withLock { $0 } }

    /// Has it answer differently from now on.
    public func script(_ script: @escaping Script) { self.script.withLock { $0 = script } }

    /// Lends a running service.
    ///
    /// - Parameter body: gets its address, without a slash at its end.
    public static func run(
        _ script: @escaping Script, _ body: @Sendable (_ url: String, HTTPStub) async throws -> Void
    ) async throws {
        let stub = HTTPStub(script)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "stub", factory: { _ in SwiftLogNoOpLogHandler() })
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await stub.respond(to: request) },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let port = await ports.first(where: { _ in true }) else { return }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body("http://127.0.0.1:\(port)", stub))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    private func respond(to request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 4 << 20)
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let call = Call(
            method: request.method.rawValue, target: request.uri.string, headers: headers,
            body: Array(body.readableBytesView))
        self.seen.withLock { $0.append(call) }
        let script = self.script.withLock { $0 }
        let answer = script(call)
        var fields: HTTPFields = [.contentType: "application/json"]
        for (name, value) in answer.headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        let buffer = ByteBuffer(string: answer.body)
        guard answer.rest > .zero else {
            return Response(
                status: .init(code: answer.status), headers: fields, body: ResponseBody(byteBuffer: buffer))
        }
        let slow = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: " "))
            // Nobody waits for it once the test is over.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: answer.rest) }
            try await writer.write(buffer)
            try await writer.finish(nil)
        }
        return Response(status: .init(code: answer.status), headers: fields, body: slow)
    }
}
