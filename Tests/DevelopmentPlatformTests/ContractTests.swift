import Analytics
import AsyncHTTPClient
import Content
import DevelopmentPlatform
import Digests
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ServiceLifecycle
import Storefront
import Synchronization
import TestKit
import Testing

@testable import Finance

@Suite("Contracts with the other services")
struct ContractTests {
    private static let secret = "whsec_" + Data(Array(0..<32)).base64EncodedString()

    @Test("every example is what its schema says", arguments: Contract.names)
    func examples(name: String) throws {
        for (place, faults) in try Contract(name).examples { #expect(faults.isEmpty, "\(place)") }
    }

    @Test("what a service is told and what its contract knows are the same facts", arguments: Listener.allCases)
    func listeners(listener: Listener) throws {
        guard listener != .everything else { return }
        let contract = try Contract(listener.rawValue)
        let mapping = contract.document.object?["components"]?.object?["schemas"]?.object?["Fact"]?.object?[
            "discriminator"]
        let known = mapping?.object?["mapping"]?.object?.members.map(\.name) ?? []
        #expect(Set(known) == Set(listener.types) && known.count == listener.types.count)
        #expect(contract.operation("POST", Listener.path) != nil)
    }

    @Test("IN-3, IN-4, IN-6: the small platform hears every fact of its contracts, and no forged one")
    func facts() async throws {
        try await Self.run { url, seen in
            for listener in Listener.allCases where listener != .everything {
                for fact in try Self.facts(of: try Contract(listener.rawValue)) {
                    let address = "\(url)/\(listener.rawValue)\(Listener.path)"
                    #expect(try await Self.tell(fact, to: address) == 204, "\(listener) \(fact)")
                    #expect(try await Self.tell(fact, to: address, secret: "whsec_AAAA") == 401)
                }
            }
            #expect(seen.faults == [] && seen.count > 40)
        }
    }

    @Test("IN-1, IN-2, IN-5, IN-7: our clients and the small platform speak as their contracts say")
    func calls() async throws {
        try await Self.run { url, seen in
            let http = try ServiceTransport.makeClient()
            func client(_ name: String) -> ServiceClient {
                ServiceClient(
                    .init(name: name, url: "\(url)/\(name)", credentials: .token("token")), http: http)
            }
            let directory = AccountServiceDirectory(client: client("account"), lifetime: .seconds(60))
            let people = [UserID(UUID()), UserID(UUID())]
            let profiles = await directory.profiles(of: people)
            #expect(profiles.count == 2)

            let notifications = NotificationService(client: client("notification"))
            for recipients in [NotificationService.Recipients.users(people), .address("a@example.com")] {
                try await notifications.send(
                    .init(template: "payout.completed", to: recipients, data: ["a": 1]), seq: 1)
            }

            let developer = DeveloperID(UUID())
            let sale: JSONValue = [
                "developer_id": .string(developer.description), "game_id": .string(GameID(UUID()).description),
                "copies": 2, "price": "999.00",
            ]
            _ = try await ServiceClient(
                .init(name: "desk", url: url, credentials: .connection), http: http
            ).answer(to: .post("/desk/sales", sale, idempotencyKey: nil))
            let payment = PaymentClient(client("payment"))
            let page = try await payment.entries(after: nil)
            #expect(page.entries.count == 2)
            let rest = try await payment.entries(after: page.cursor)
            #expect(rest.entries.isEmpty)
            let order = try Self.order(of: developer)
            #expect(try await payment.send(order).report == .processing)
            #expect(try await payment.status(of: order.payout)?.report == .processing)
            #expect(try await payment.status(of: PayoutID(UUID())) == nil)

            let analytics = AnalyticsClient(client("analytics"))
            let today = CalendarDay(containing: Date().timeIntervalSince1970)
            let query = AnalyticsQuery(
                period: try Period(from: today, to: today), metrics: [], granularity: .day, country: "RU")
            let answer = try await analytics.answer(query, of: developer, game: nil)
            #expect(answer.totals[.sales] == 2)
            try await http.shutdown()
            #expect(seen.faults == [] && seen.count >= 9)
        }
    }

    private static func order(of developer: DeveloperID) throws -> PayoutOrder {
        var draft = PayoutDetails.Draft()
        draft.form = .individual
        draft.recipient = "Иван Петров"
        draft.inn = "500100732259"
        draft.bankName = "Банк"
        draft.bik = "044525225"
        draft.accountNumber = "40702810938000000001"
        return PayoutOrder(
            payout: PayoutID(UUID()), developer: developer, amount: try Money("1500.00", .rub),
            details: try PayoutDetails(draft))
    }

    /// The examples of facts.
    private static func facts(of contract: Contract) throws -> [JSONValue] {
        let operation = try #require(contract.operation("POST", Listener.path))
        let content = operation.json["requestBody"]?.object?["content"]?.object?["application/cloudevents+json"]
        return (content?.object?["examples"]?.object?.members ?? []).compactMap { $0.value.object?["value"] }
    }

    private static func tell(_ fact: JSONValue, to address: String, secret: String = Self.secret) async throws -> UInt {
        let body = fact.encoded(), id = UUID().uuidString
        let key = Data(base64Encoded: String(secret.dropFirst("whsec_".count))) ?? Data()
        let code = HMACSHA256.authenticate(Array("\(id).1.".utf8) + body, key: Array(key))
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/cloudevents+json")
        request.headers.add(name: "webhook-id", value: id)
        request.headers.add(name: "webhook-timestamp", value: "1")
        request.headers.add(name: "webhook-signature", value: "v1,\(Data(code).base64EncodedString())")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response.status.code
    }

    /// Lends the small platform behind somebody who holds what goes by against the contracts.
    private static func run(_ body: @Sendable (_ url: String, Checker) async throws -> Void) async throws {
        let platform = DevelopmentPlatform(
            .init(port: 0, apiURL: "http://127.0.0.1:9", eventSecret: Self.secret, client: .shared, token: { "token" }))
        try await self.serve(platform.makeRouter().buildResponder()) { inner in
            let checker = try Checker(forwarding: inner)
            let responder = CallbackResponder<BasicRequestContext> { request, _ in
                try await checker.respond(to: request)
            }
            try await self.serve(responder) { outer in try await body(outer, checker) }
        }
    }

    private static func serve(
        _ responder: some HTTPResponder<BasicRequestContext>, _ body: @Sendable (String) async throws -> Void
    ) async throws {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "contract-test", factory: { _ in SwiftLogNoOpLogHandler() })
        let application = Application(
            responder: responder, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let port = await ports.first(where: { _ in true }) else { return }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body("http://127.0.0.1:\(port)"))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }
}

/// Passes requests on, and notes what breaks a contract on the way there or back.
private final class Checker: Sendable {
    private struct Notes {
        var faults: [String] = []
        var count = 0
    }

    private let inner: String
    private let contracts: [String: Contract]
    private let notes = Mutex(Notes())

    init(forwarding inner: String) throws {
        self.inner = inner
        self.contracts = try Dictionary(uniqueKeysWithValues: Contract.names.map { ($0, try Contract($0)) })
    }

    var faults: [String] { self.notes.withLock { $0.faults } }
    var count: Int { self.notes.withLock { $0.count } }

    func respond(to request: Request) async throws -> Response {
        let buffer = try await request.body.collect(upTo: 4 << 20)
        let bytes = Array(buffer.readableBytesView)
        let body = bytes.isEmpty ? nil : try JSONParser.parse(bytes)
        var forwarded = HTTPClientRequest(url: self.inner + request.uri.string)
        forwarded.method = HTTPMethod(rawValue: request.method.rawValue)
        if !bytes.isEmpty { forwarded.body = .bytes(buffer) }
        var headers: [String: String] = [:]
        for field in request.headers {
            headers[field.name.canonicalName] = field.value
            forwarded.headers.add(name: field.name.canonicalName, value: field.value)
        }
        let response = try await HTTPClient.shared.execute(forwarded, timeout: .seconds(10))
        let answer = Array(try await response.body.collect(upTo: 4 << 20).readableBytesView)
        let status = Int(response.status.code)
        // /<service>/…
        let parts = request.uri.string.dropFirst().split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 2, let contract = self.contracts[parts[0]] {
            let method = request.method.rawValue, target = "/" + parts[1]
            let faults =
                contract.faults(inRequest: method, target, headers: headers, body: body)
                + contract.faults(
                    inAnswer: status, answer.isEmpty ? nil : try JSONParser.parse(answer), to: method, target)
            self.notes.withLock { notes in
                notes.faults += faults.map { "\(contract.name) \(method) \(target): \($0)" }
                notes.count += 1
            }
        }
        return Response(
            status: .init(code: status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
    }
}
