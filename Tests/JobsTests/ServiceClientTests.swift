import AsyncHTTPClient
import Content
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import Storefront
import Synchronization
import Testing

@testable import Jobs

@Suite("Clients of other services")
struct ServiceClientTests {
    /// Answers what it is told to, in order, and remembers what was asked.
    private final class Script: Sendable {
        private struct State {
            var statuses: [Int]
            var asked: [(key: String?, authorization: String?, body: String)] = []
        }

        private let state: Mutex<State>

        init(_ statuses: [Int]) { self.state = Mutex(State(statuses: statuses)) }

        var asked: [(key: String?, authorization: String?, body: String)] { self.state.withLock { $0.asked } }

        func next(key: String?, authorization: String?, body: String) -> Int {
            self.state.withLock { state in
                state.asked.append((key, authorization, body))
                return state.statuses.isEmpty ? 200 : state.statuses.removeFirst()
            }
        }
    }

    private static func withService(
        _ statuses: [Int], answer: String = #"{"ok":true}"#,
        _ body: (Script, (Int, CircuitBreaker) -> ServiceClient) async throws -> Void
    ) async throws {
        let script = Script(statuses)
        let router = Router()
        let routes: [(RouterPath, HTTPRequest.Method)] = [
            ("/x", .get), ("/x", .post), ("/internal/v1/users/lookup", .post), ("/internal/v1/messages", .post),
        ]
        for (path, method) in routes {
            router.on(path, method: method) { request, _ -> Response in
                let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
                let key = HTTPField.Name("idempotency-key").flatMap { request.headers[$0] }
                let status = script.next(key: key, authorization: request.headers[.authorization], body: text)
                let content = status == 200 ? answer : #"{"code":"because"}"#
                return Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(string: content)))
            }
        }
        let port = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.continuation.yield($0.localAddress?.port ?? 0) }, logger: Logger(label: "service"))
        let group = ServiceGroup(services: [application], logger: Logger(label: "service"))
        let running = Task { try await group.run() }
        var ports = port.stream.makeAsyncIterator()
        let number = await ports.next() ?? 0
        try await body(script) { attempts, breaker in
            ServiceClient(
                ServiceClient.Configuration(
                    name: "test", url: "http://127.0.0.1:\(number)", token: { "secret" }, timeout: .seconds(5),
                    attempts: attempts), http: .shared, breaker: breaker)
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    private let patient = CircuitBreaker(threshold: 100, rest: .seconds(60))

    @Test("IN-1: what failed for a reason that may pass is asked again, with the same key")
    func retries() async throws {
        try await Self.withService([503, 429]) { script, make in
            let answer = try await make(3, self.patient).send(.post, "/x", ["a": 1], key: "k")
            #expect(answer == ["ok": true])
            #expect(script.asked.count == 3 && script.asked.allSatisfy { $0.key == "k" && $0.body == #"{"a":1}"# })
            #expect(script.asked.allSatisfy { $0.authorization == "Bearer secret" })
        }
    }

    @Test("IN-1: a change without a key is never sent twice, and a refusal is the answer")
    func once() async throws {
        try await Self.withService([503, 404]) { script, make in
            let client = make(3, self.patient)
            await #expect(throws: ServiceError.unavailable(service: "test", reason: "status 503")) {
                try await client.send(.post, "/x", [:])
            }
            #expect(script.asked.count == 1)
            await #expect(throws: ServiceError.refused(service: "test", status: 404, code: "because")) {
                try await client.send(.get, "/x")
            }
            #expect(script.asked.count == 2)
        }
    }

    @Test("IN-1: a service that fails in a row is left alone")
    func breaker() async throws {
        try await Self.withService([500, 500, 500]) { script, make in
            let client = make(1, CircuitBreaker(threshold: 2, rest: .seconds(60)))
            for _ in 0..<2 {
                await #expect(throws: ServiceError.self) { try await client.send(.get, "/x") }
            }
            await #expect(throws: ServiceError.resting(service: "test")) { try await client.send(.get, "/x") }
            #expect(script.asked.count == 2)
        }
    }

    @Test("TM-5: people are looked up many at once, and remembered; while the service is away nobody is known")
    func directory() async throws {
        let known = UserID(UUID()), unknown = UserID(UUID())
        let users = #"{"users":[{"user_id":"\#(known)","name":"Анна","email":"a@example.com"},{"user_id":7}]}"#
        try await Self.withService([], answer: users) { script, make in
            let directory = AccountServiceDirectory(client: make(1, self.patient), lifetime: .seconds(60))
            for _ in 0..<3 {
                let profiles = await directory.profiles(of: [known, unknown, known])
                #expect(profiles == [known: UserProfile(name: "Анна", email: "a@example.com")])
            }
            #expect(script.asked.count == 1, "that somebody is unknown is remembered, too")
        }
        try await Self.withService([503]) { _, make in
            let directory = AccountServiceDirectory(client: make(1, self.patient), lifetime: .seconds(60))
            #expect(await directory.profiles(of: [known]).isEmpty)
        }
    }

    @Test("NT-1, TM-1: Notification Service gets one message for an event, for an invitation with its token")
    func messages() async throws {
        try await Self.withService([]) { script, make in
            let service = NotificationService(client: make(2, self.patient))
            let user = UserID(UUID())
            try await service.send(.init(template: "payout.completed", to: .users([user]), data: ["x": 1]), seq: 7)
            try await service.send(.init(template: "t", to: .address("a@example.com"), data: [:]), seq: 8)
            #expect(script.asked.map(\.key) == ["developer-event-7", "developer-event-8"])
            #expect(script.asked[0].body.contains(#""user_ids":["\#(user)"]"#))
            #expect(script.asked[1].body.contains(#""email":"a@example.com""#))
        }
    }
}
