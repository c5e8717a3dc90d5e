import AsyncHTTPClient
import DevelopmentPlatform
import Digests
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Storefront
import Testing

@Suite("The small platform")
struct DevelopmentPlatformTests {
    private static let secret = "whsec_" + Data(Array(0..<32)).base64EncodedString()
    private static let developer = "0190a0a0-0000-7000-8000-000000000001"

    private struct Client: Sendable {
        let url: String

        func call(
            _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: [(String, String)] = []
        ) async throws -> (status: Int, json: JSONValue) {
            var request = HTTPClientRequest(url: self.url + path)
            request.method = method
            if let body { request.body = .bytes(ByteBuffer(bytes: body.encoded())) }
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
            return (Int(response.status.code), (try? JSONParser.parse(bytes)) ?? .null)
        }
    }

    private static func run(apiURL: String = "http://127.0.0.1:9", _ body: @Sendable (Client) async throws -> Void)
        async throws
    {
        let platform = DevelopmentPlatform(
            .init(port: 0, apiURL: apiURL, eventSecret: Self.secret, client: .shared, token: { "token" }))
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: platform.makeRouter().buildResponder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: Logger(label: "platform-test"))
        let group = ServiceGroup(
            configuration: .init(services: [application], logger: Logger(label: "platform-test")))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let port = await ports.first(where: { _ in true }) else { return }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(Client(url: "http://127.0.0.1:\(port)")))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    @Test("IN-2: a payout is taken once and completed by and by; the feed has what the shop sold")
    func payment() async throws {
        try await Self.run { client in
            let order: JSONValue = [
                "payout_id": "p", "developer_id": .string(Self.developer), "amount": "1000.00", "currency": "RUB",
                "details": ["inn": "7707083893"],
            ]
            for _ in 0..<2 {
                let taken = try await client.call(.POST, "/payment/v1/payouts", order)
                #expect(taken.status == 202 && taken.json.member("reference") == "DEV-1")
            }
            #expect(try await client.call(.GET, "/payment/v1/payouts/p").json.member("status") == "processing")
            #expect(try await client.call(.GET, "/payment/v1/payouts/p").json.member("status") == "completed")
            #expect(try await client.call(.GET, "/payment/v1/payouts/q").status == 404)
            let sold = try await client.call(
                .POST, "/desk/sales",
                ["developer_id": .string(Self.developer), "game_id": "g", "copies": 3, "price": "999.00"])
            #expect(sold.status == 201)
            let page = try await client.call(.GET, "/payment/v1/ledger/entries?limit=1").json
            guard case .string(let cursor)? = page.member("next_cursor") else {
                Issue.record("no cursor")
                return
            }
            #expect(page.member("entries")?.description.contains("\"amount\":\"2997.00\"") == true)
            let rest = try await client.call(.GET, "/payment/v1/ledger/entries?after=\(cursor)").json
            #expect(rest.member("entries")?.description.contains("\"amount\":\"-899.10\"") == true)
        }
    }

    @Test("IN-5: numbers are of one company and one game")
    func analytics() async throws {
        try await Self.run { client in
            _ = try await client.call(
                .POST, "/desk/sales",
                ["developer_id": .string(Self.developer), "game_id": "g", "copies": 2, "price": "10.00"])
            func sales(_ developer: String, _ game: String) async throws -> JSONValue? {
                let query = "developer_id=\(developer)&game_id=\(game)&from=2020-01-01&to=2099-01-01&metrics=sales"
                return try await client.call(.GET, "/analytics/v1/metrics?\(query)").json.member("totals")?.member(
                    "sales")
            }
            #expect(try await sales(Self.developer, "g") == 2)
            #expect(try await sales(Self.developer, "h") == 0)
            #expect(try await sales("other", "g") == 0)
        }
    }

    @Test("IN-6: a review lies on the desk until it is decided; forged events are not heard, repeated ones once")
    func events() async throws {
        try await Self.run { client in
            let body: JSONValue = ["type": "review.requested", "data": ["review_id": "r1", "version_string": "1.0"]]
            let text = body.encoded()
            let code = HMACSHA256.authenticate(Array("m1.1.".utf8) + text, key: Array(0..<32))
            let signature = "v1,\(Data(code).base64EncodedString())"
            let headers = [("webhook-id", "m1"), ("webhook-timestamp", "1"), ("webhook-signature", signature)]
            for path in ["/admin/events", "/admin/events", "/events", "/events"] {
                #expect(try await client.call(.POST, path, body, headers: headers).status == 204)
                #expect(try await client.call(.POST, path, body).status == 401)
            }
            // Catalog is not told what is none of its business, and says so if it is.
            #expect(try await client.call(.POST, "/catalog/events", body, headers: headers).status == 422)
            let waiting = try await client.call(.GET, "/desk/reviews").json.member("items")
            #expect(waiting == [["review_id": "r1", "version_string": "1.0"]])
            let heard = try await client.call(.GET, "/desk/events").json.member("items")
            #expect(heard?.description.components(separatedBy: "review.requested").count == 2)
        }
    }
}

extension JSONValue {
    fileprivate func member(_ name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }
}
