import AsyncHTTPClient
import Content
import Digests
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Logging
import NIOCore
import Platform
import Postgres
import ServiceLifecycle
import Synchronization
import TestKit
import Testing

@testable import Jobs

@Suite("Delivering events")
struct DeliverEventsTests {
    private static let secret = "whsec_" + Data(Array(0..<32)).base64EncodedString()

    @Test("IN-8: events arrive in order and signed; a refused one is kept and repeated before those after it")
    func inOrder() async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 6))
            let received = Received()
            try await Self.withReceiver(received) { receiver in
                let outbox = Outbox(database: database)
                let endpoint = try await outbox.register(
                    url: receiver, secret: Self.secret, types: [], developer: nil, in: database)
                let developer = DeveloperID(UUID())
                for number in 1...5 {
                    try await database.transaction { transaction in
                        let event = try OutgoingEvent(
                            type: "test.happened", developer: developer, aggregate: "a", data: ["number": number])
                        #expect(try await outbox.put(event, in: transaction) == [endpoint])
                    }
                }
                received.refuse(2)
                let handler = DeliverEventsHandler(
                    outbox: outbox, secrets: WebhookSecrets(secret: Array(0..<32)),
                    gate: WebhookGate(isDevelopment: true), client: .shared)
                let attempt = Attempt.stub()
                // The second is refused twice: each time the handler rests, and nothing after it goes out.
                for delivered in [1, 1, 5] {
                    let outcome = try await handler.perform(DeliverEvents(endpoint: endpoint), attempt: attempt)
                    if delivered < 5, case .completed = outcome { Issue.record("completed too soon") }
                    #expect(received.accepted == Array(1...delivered))
                }
                #expect(try await outbox.pending(for: endpoint, limit: 10).isEmpty)
                #expect(received.forged == 0)
                #expect(received.ids == 5, "the id stays the same over retries")
            }
            await database.close()
        }
    }

    @Test("an event that nobody wants waits for nobody")
    func noEndpoint() async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 2))
            let outbox = Outbox(database: database)
            try await database.transaction { transaction in
                let event = try OutgoingEvent(
                    type: "x", developer: DeveloperID(UUID()), aggregate: "a", data: ["a": 1])
                #expect(try await outbox.put(event, in: transaction).isEmpty)
            }
            #expect(try await outbox.endpointsWithPending().isEmpty)
            await database.close()
        }
    }

    @Test("IN-8: a service of the platform is registered once, hears its own facts only, and may move")
    func platformEndpoint() async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 4))
            let outbox = Outbox(database: database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await outbox.ensure(.catalog, url: "http://a", secret: "whsec_AA==") }
                }
                try await group.waitForAll()
            }
            try await outbox.ensure(.catalog, url: "http://b", secret: "whsec_BB==")
            let endpoints: [String] = try await database.rows(
                "SELECT url || ' ' || secret AS endpoint FROM webhook_endpoints"
            ).map { try $0("endpoint") }
            #expect(endpoints == ["http://b whsec_BB=="])
            for (type, count) in [("game.published", 1), ("payout.completed", 0), ("version.ready", 0)] {
                let told = try await database.transaction { transaction in
                    let event = try OutgoingEvent(
                        type: type, developer: DeveloperID(UUID()), aggregate: "a", data: ["number": 1])
                    return try await outbox.put(event, in: transaction)
                }
                #expect(told.count == count, "\(type)")
            }
            await database.close()
        }
    }

    /// Runs a server that takes events.
    private static func withReceiver(_ received: Received, _ body: (String) async throws -> Void) async throws {
        let router = Router()
        router.post("/events") { request, _ -> HTTPResponse.Status in
            let buffer = try await request.body.collect(upTo: 1 << 20)
            let body = Array(buffer.readableBytesView)
            func header(_ name: String) -> String { HTTPField.Name(name).flatMap { request.headers[$0] } ?? "" }
            let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"))
            let text = Array("\(id).\(timestamp).".utf8) + body
            let expected = Data(HMACSHA256.authenticate(text, key: Array(0..<32))).base64EncodedString()
            let json = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
            let number = (json?["data"] as? [String: Any])?["number"] as? Int ?? 0
            return received.take(number, id: id, genuine: header("webhook-signature") == "v1,\(expected)")
                ? .noContent : .serviceUnavailable
        }
        let port = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.continuation.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "receiver"))
        let group = ServiceGroup(services: [application], logger: Logger(label: "receiver"))
        let running = Task { try await group.run() }
        var ports = port.stream.makeAsyncIterator()
        let number = await ports.next() ?? 0
        try await body("http://127.0.0.1:\(number)/events")
        await group.triggerGracefulShutdown()
        try await running.value
    }
}

/// What the receiver saw.
private final class Received: Sendable {
    private struct State {
        var accepted: [Int] = []
        var ids: Set<String> = []
        var forged = 0
        var refusals = 0
    }

    private let state = Mutex(State())

    /// Refuses event 2 as many times.
    func refuse(_ times: Int) { self.state.withLock { $0.refusals = times } }

    func take(_ number: Int, id: String, genuine: Bool) -> Bool {
        self.state.withLock { state in
            state.ids.insert(id)
            if !genuine { state.forged += 1 }
            if number == 2, state.refusals > 0 {
                state.refusals -= 1
                return false
            }
            state.accepted.append(number)
            return true
        }
    }

    var accepted: [Int] { self.state.withLock { $0.accepted } }
    var ids: Int { self.state.withLock { $0.ids.count } }
    var forged: Int { self.state.withLock { $0.forged } }
}

extension Attempt {
    fileprivate static func stub() -> Attempt {
        Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
    }
}
