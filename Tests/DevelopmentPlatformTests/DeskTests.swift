import AsyncHTTPClient
import DevelopmentPlatform
import Digests
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Storefront
import Synchronization
import Testing

/// The desks where somebody decides, with a Developer Service that only remembers what it was told.
@Suite("Desks of the small platform", .serialized)
struct DeskTests {
    private static let secret = "whsec_" + Data(Array(0..<32)).base64EncodedString()

    /// What the Developer Service was asked, and what it answers.
    private final class Developer: Sendable {
        private let asked = Mutex<[(path: String, token: String?, body: String)]>([])
        private let status = Mutex(200)

        var calls: [(path: String, token: String?, body: String)] { self.asked.withLock { $0 } }

        func answer(_ status: Int) { self.status.withLock { $0 = status } }

        func hear(_ path: String, _ token: String?, _ body: String) -> Int {
            self.asked.withLock { $0.append((path, token, body)) }
            return self.status.withLock { $0 }
        }
    }

    private static func serve(
        _ responder: some HTTPResponder<BasicRequestContext>, _ body: @Sendable (String) async throws -> Void
    ) async throws {
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: responder, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: Logger(label: "desk-test"))
        let group = ServiceGroup(
            configuration: .init(services: [application], logger: Logger(label: "desk-test")))
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

    private static func run(_ body: @Sendable @escaping (String, Developer) async throws -> Void) async throws {
        let developer = Developer()
        let router = Router()
        router.post("internal/v1/**") { request, _ -> Response in
            let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
            let status = developer.hear(request.uri.path, request.headers[.authorization], text)
            return Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(string: "{}")))
        }
        try await Self.serve(router.buildResponder()) { api in
            let platform = DevelopmentPlatform(
                .init(port: 0, apiURL: api, eventSecret: Self.secret, client: .shared, token: { "token" }))
            try await Self.serve(platform.makeRouter().buildResponder()) { try await body($0, developer) }
        }
    }

    private static func call(
        _ method: HTTPMethod, _ url: String, _ body: JSONValue? = nil, headers: [(String, String)] = []
    ) async throws -> (status: Int, json: JSONValue) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(bytes: body.encoded())) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
        return (Int(response.status.code), (try? JSONParser.parse(bytes)) ?? .null)
    }

    /// Tells Admin Service a fact, signed.
    private static func tell(_ platform: String, _ id: String, _ type: String, _ data: JSONValue) async throws -> Int {
        let body: JSONValue = ["type": .string(type), "data": data]
        let code = HMACSHA256.authenticate(Array("\(id).1.".utf8) + body.encoded(), key: Array(0..<32))
        return try await Self.call(
            .POST, "\(platform)/admin/events", body,
            headers: [
                ("webhook-id", id), ("webhook-timestamp", "1"),
                ("webhook-signature", "v1,\(Data(code).base64EncodedString())"),
            ]
        ).status
    }

    private static func waiting(_ platform: String, _ desk: String) async throws -> Int {
        guard case .array(let items)? = try await Self.call(.GET, "\(platform)/desk/\(desk)").json.object?["items"]
        else { return -1 }
        return items.count
    }

    @Test("AC-3, IN-6: a company waits until it is checked; what the Developer Service refuses stays on the desk")
    func companies() async throws {
        try await Self.run { platform, developer in
            for number in 1...2 {
                #expect(
                    try await Self.tell(
                        platform, "m1", "company.verification_requested",
                        ["developer_id": "d1", "company_name": .string("Studio \(number)")]) == 204)
            }
            #expect(try await Self.waiting(platform, "companies") == 1)
            developer.answer(409)
            let refused = try await Self.call(.POST, "\(platform)/desk/companies/d1", ["status": "verified"])
            #expect(refused.status == 409)
            #expect(try await Self.waiting(platform, "companies") == 1)
            developer.answer(200)
            let verified = try await Self.call(.POST, "\(platform)/desk/companies/d1", ["status": "verified"])
            #expect(verified.status == 200)
            #expect(try await Self.waiting(platform, "companies") == 0)
            #expect(
                developer.calls.map(\.path) == [String](repeating: "/internal/v1/developers/d1/verification", count: 2))
            #expect(developer.calls.allSatisfy { $0.token == "Bearer token" && $0.body == #"{"status":"verified"}"# })
        }
    }

    @Test("PB-3, PB-4, IN-6: a review is decided once, with its reason; one that is withdrawn leaves the desk")
    func reviews() async throws {
        try await Self.run { platform, developer in
            for id in ["r1", "r2"] {
                #expect(
                    try await Self.tell(platform, "q-\(id)", "review.requested", ["review_id": .string(id)]) == 204)
            }
            #expect(try await Self.waiting(platform, "reviews") == 2)
            #expect(try await Self.tell(platform, "w", "review.withdrawn", ["review_id": "r2"]) == 204)
            let decided = try await Self.call(
                .POST, "\(platform)/desk/reviews/r1", ["decision": "rejected", "reason": "loud"])
            #expect(decided.status == 200 && developer.calls.last?.path == "/internal/v1/reviews/r1/decision")
            #expect(developer.calls.last?.body == #"{"decision":"rejected","reason":"loud"}"#)
            #expect(try await Self.waiting(platform, "reviews") == 0)
            // Facts that are malformed, or nobody's, change nothing.
            #expect(try await Self.tell(platform, "x", "review.requested", [:]) == 422)
            #expect(try await Self.tell(platform, "y", "weather.changed", [:]) == 422)
            let forged = try await Self.call(.POST, "\(platform)/admin/events", ["type": "review.requested"])
            #expect(forged.status == 401)
            #expect(try await Self.waiting(platform, "reviews") == 0)
        }
    }

    @Test("what players have installed is passed on as it was counted, and so is what is said to it")
    func installs() async throws {
        try await Self.run { platform, developer in
            let counts: JSONValue = [
                "day": "2026-11-25", "versions": [["version_id": "v1", "installs": 120]],
            ]
            let told = try await Self.call(.POST, "\(platform)/desk/installs", counts)
            #expect(told.status == 200)
            #expect(developer.calls.last?.path == "/internal/v1/installs")
            #expect(
                developer.calls.last?.body
                    == #"{"day":"2026-11-25","versions":[{"version_id":"v1","installs":120}]}"#)
            developer.answer(422)
            let refused = try await Self.call(.POST, "\(platform)/desk/installs", counts)
            #expect(refused.status == 422)
        }
    }

    @Test("FI-7: the bank pays or refuses once; a payout that is not under way is neither")
    func payouts() async throws {
        try await Self.run { platform, developer in
            let order: JSONValue = [
                "payout_id": "p", "developer_id": "d", "amount": "1000.00", "currency": "RUB", "details": ["inn": "1"],
            ]
            #expect(
                try await Self.call(
                    .POST, "\(platform)/payment/v1/payouts", order, headers: [("idempotency-key", "p")]
                ).status == 202)
            let failed = try await Self.call(
                .POST, "\(platform)/desk/payouts/p/failure", ["reason": "account-closed"])
            #expect(failed.status == 200 && developer.calls.last?.path == "/internal/v1/payouts/p/status")
            #expect(developer.calls.last?.body.contains(#""reason":"account-closed""#) == true)
            for path in ["p/completion", "p/failure", "q/completion"] {
                #expect(try await Self.call(.POST, "\(platform)/desk/payouts/\(path)").status == 409)
            }
            #expect(developer.calls.count == 1)
        }
    }
}
