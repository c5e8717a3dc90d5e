import AsyncHTTPClient
import Content
import Foundation
import JobLifecycle
import Platform
import Storefront
import Synchronization
import TestKit
import Testing

@Suite("The client of other services")
struct ServiceClientTests {
    private typealias Change = @Sendable (inout ServiceClient.Configuration) -> Void

    /// Answers with the statuses in order, then with 200.
    private static func run(
        _ statuses: [Int] = [], answer: String = #"{"ok":true}"#, headers: [String: String] = [:],
        rest: Duration = .zero, _ change: @escaping Change = { _ in },
        _ body: @Sendable (ServiceClient, HTTPStub) async throws -> Void
    ) async throws {
        let left = Mutex(statuses)
        let script: HTTPStub.Script = { _ in
            let status = left.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
            return .init(
                status: status, status == 200 ? answer : #"{"code":"because"}"#, headers: headers, rest: rest)
        }
        try await HTTPStub.run(script) { url, stub in
            var configuration = ServiceClient.Configuration(name: "test", url: url, credentials: .token("secret"))
            configuration.plan = RetryPlan(attempts: 3, base: .milliseconds(1), cap: .milliseconds(1))
            configuration.breaker = BreakerState(threshold: 100, rest: .seconds(60))
            change(&configuration)
            let http = try ServiceTransport.makeClient()
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(ServiceClient(configuration, http: http), stub))
            } catch {
                outcome = .failure(error)
            }
            try await http.shutdown()
            try outcome.get()
        }
    }

    @Test(
        "IN-1: what failed for a reason that may pass is asked again, with the same key",
        arguments: [408, 425, 429, 500, 503])
    func retries(status: Int) async throws {
        try await Self.run([status, status]) { client, stub in
            let answer = try await client.answer(to: .post("/x", ["a": 1], idempotencyKey: "k"))
            #expect(answer == ["ok": true])
            #expect(stub.calls.count == 3)
            for call in stub.calls {
                #expect(call.headers["idempotency-key"] == "k" && call.body == Array(#"{"a":1}"#.utf8))
                #expect(call.headers["authorization"] == "Bearer secret" && call.method == "POST")
            }
        }
    }

    @Test("IN-1: a change without a key is never sent twice; what is harmless to repeat is")
    func once() async throws {
        try await Self.run([503]) { client, stub in
            await #expect(throws: ServiceError.overloaded(service: "test", status: 503, retryAfter: nil)) {
                try await client.answer(to: .post("/x", [:], idempotencyKey: nil))
            }
            #expect(stub.calls.count == 1)
        }
        for call in [ServiceCall.get("/x"), .put("/x", [:]), .delete("/x")] {
            try await Self.run([503]) { client, stub in
                let answer = try await client.answer(to: call)
                #expect(answer == ["ok": true])
                #expect(stub.calls.map(\.method) == [call.method.rawValue, call.method.rawValue])
            }
        }
    }

    @Test("IN-1: a refusal is the answer, and no failure of the service")
    func refusal() async throws {
        try await Self.run([404, 302, 401], { $0.breaker = BreakerState(threshold: 1, rest: .seconds(60)) }) {
            client, stub in
            for status in [404, 302, 401] {
                await #expect(throws: ServiceError.refused(service: "test", status: status, code: "because")) {
                    try await client.answer(to: .get("/x"))
                }
            }
            #expect(stub.calls.count == 3, "no redirect was followed, and nobody rests")
        }
    }

    @Test("IN-1: a service that fails in a row is left alone, by calls that would repeat themselves, too")
    func breaker() async throws {
        try await Self.run(
            Array(repeating: 500, count: 9), { $0.breaker = BreakerState(threshold: 2, rest: .seconds(60)) }
        ) { client, stub in
            do {
                _ = try await client.answer(to: .get("/x"))
                Issue.record("answered")
            } catch ServiceError.resting(let service, let remaining) {
                #expect(service == "test" && remaining > .seconds(50))
            }
            #expect(stub.calls.count == 2)
            await #expect(throws: ServiceError.self) { try await client.answer(to: .get("/x")) }
            #expect(stub.calls.count == 2)
        }
    }

    @Test("IN-1: no attempt outlasts its time, though the answer has begun, nor all of them theirs")
    func time() async throws {
        try await Self.run(rest: .seconds(60), { $0.timeout = .milliseconds(50) }) { client, stub in
            await #expect(throws: ServiceError.self) { try await client.answer(to: .get("/x")) }
            #expect(stub.calls.count == 3)
        }
        try await Self.run(
            rest: .seconds(60),
            { configuration in
                configuration.timeout = .seconds(60)
                configuration.plan = RetryPlan(attempts: 3, total: .milliseconds(50))
            }
        ) { client, stub in
            await #expect(throws: ServiceError.self) { try await client.answer(to: .get("/x")) }
            #expect(stub.calls.count == 1)
        }
    }

    @Test("IN-1: a Retry-After that is too long for the call ends it")
    func retryAfter() async throws {
        try await Self.run([429, 429], headers: ["retry-after": "3600"]) { client, stub in
            await #expect(throws: ServiceError.overloaded(service: "test", status: 429, retryAfter: .seconds(3600))) {
                try await client.answer(to: .get("/x"))
            }
            #expect(stub.calls.count == 1)
        }
    }

    @Test("IN-1: an answer that is too long or no JSON is none; none at all is null")
    func answers() async throws {
        try await Self.run(answer: "nonsense") { client, stub in
            await #expect(throws: ServiceError.unreadable(service: "test", reason: "the answer is not JSON")) {
                try await client.answer(to: .get("/x"))
            }
            #expect(stub.calls.count == 1)
        }
        try await Self.run(answer: "[\(String(repeating: " ", count: 5000))]", { $0.largestAnswer = 4096 }) {
            client, _ in
            await #expect(throws: ServiceError.unreadable(service: "test", reason: "the answer is too long")) {
                try await client.answer(to: .get("/x"))
            }
        }
        try await Self.run(answer: "") { client, _ in
            let answer = try await client.answer(to: .get("/x"))
            #expect(answer == .null)
        }
    }

    @Test("IN-1: nobody there is no answer")
    func unreachable() async throws {
        let http = try ServiceTransport.makeClient()
        var configuration = ServiceClient.Configuration(
            name: "test", url: "http://127.0.0.1:9", credentials: .connection)
        configuration.plan = .once(within: .seconds(5))
        let client = ServiceClient(configuration, http: http)
        do {
            _ = try await client.answer(to: .get("/x"))
            Issue.record("answered")
        } catch ServiceError.unreachable(let service, _) {
            #expect(service == "test")
        }
        try await http.shutdown()
    }

    @Test("the request that caused a call and its trace go with it, and what a path cannot hold is encoded")
    func passedOn() async throws {
        let actor = AuditActor(
            kind: .user, identifier: "u", address: nil, userAgent: nil, requestID: "request-7",
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        try await Self.run { client, stub in
            try await AuditActor.$current.withValue(actor) {
                _ = try await client.answer(to: .get("/x", query: [("a b", "ü&"), ("c", "~")]))
            }
            let call = try #require(stub.calls.first)
            #expect(call.headers["x-request-id"] == "request-7" && call.headers["traceparent"] == actor.traceparent)
            #expect(call.target == "/x?a%20b=%C3%BC%26&c=~")
        }
    }

    @Test("a cancelled call ends at once, and says nothing of the service")
    func cancelled() async throws {
        try await Self.run(rest: .seconds(60), { $0.breaker = BreakerState(threshold: 1, rest: .seconds(60)) }) {
            client, stub in
            let call = Task { try await client.answer(to: .get("/x")) }
            while stub.calls.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            stub.script { _ in .init("{}") }
            #expect(try await client.answer(to: .get("/x")) == [:], "it is not left alone")
        }
    }

    @Test("TM-5: people are looked up many at once, and remembered; while the service is away nobody is known")
    func directory() async throws {
        let known = UserID(UUID()), unknown = UserID(UUID())
        let users = #"{"users":[{"user_id":"\#(known)","name":"Анна","email":"a@example.com"},{"user_id":7}]}"#
        try await Self.run(answer: users) { client, stub in
            let directory = AccountServiceDirectory(client: client, lifetime: .seconds(60))
            for _ in 0..<3 {
                let profiles = await directory.profiles(of: [known, unknown, known])
                #expect(profiles == [known: UserProfile(name: "Анна", email: "a@example.com")])
            }
            #expect(stub.calls.count == 1, "that somebody is unknown is remembered, too")
        }
        try await Self.run([503, 503, 503]) { client, _ in
            let directory = AccountServiceDirectory(client: client, lifetime: .seconds(60))
            #expect(await directory.profiles(of: [known]).isEmpty)
        }
    }

    @Test("NT-1, TM-1: Notification Service gets one message for an event, for an invitation with its token")
    func messages() async throws {
        try await Self.run { client, stub in
            let service = NotificationService(client: client)
            let user = UserID(UUID())
            try await service.send(.init(template: "payout.completed", to: .users([user]), data: ["x": 1]), seq: 7)
            try await service.send(.init(template: "t", to: .address("a@example.com"), data: [:]), seq: 8)
            #expect(stub.calls.map { $0.headers["idempotency-key"] } == ["developer-event-7", "developer-event-8"])
            let bodies = stub.calls.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(bodies[0].contains(#""user_ids":["\#(user)"]"#) && bodies[1].contains(#""email":"a@example.com""#))
        }
    }
}
