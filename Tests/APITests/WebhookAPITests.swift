import API
import Content
import FoundationEssentials
import NIOHTTP1
import Platform
import Postgres
import Storefront
import Testing

@Suite("Events and webhooks over HTTP")
struct WebhookAPITests {
    private func tell(
        _ api: APIHarness, _ type: String, _ developer: DeveloperID, number: Int = 0
    ) async throws {
        let event = try OutgoingEvent(type: type, developer: developer, aggregate: "game/1", data: ["number": number])
        try await api.database.transaction { try await api.services.conventions.tell(event, $0) }
    }

    @Test("a webhook's secret is shown when it is made and when it is replaced, and stands in no table")
    func life() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let made = try await api.call(
                .POST, "/webhooks", as: admin.caller,
                json: ["url": "https://hooks.example.com/a?b=c", "types": ["version.ready"], "description": "CI"])
            #expect(made.status == 201 && made.json["enabled"] == true)
            let secret = try #require(made.json["secret"].text), id = try #require(made.json["webhook_id"].text)
            #expect(secret.hasPrefix("whsec_") && Data(base64Encoded: String(secret.dropFirst(6)))?.count == 32)
            let path = "/webhooks/\(id)"
            #expect(try await !api.call(.GET, path, as: admin.caller).json.names.contains("secret"))
            let rotated = try await api.call(.POST, "\(path)/rotate-secret", as: admin.caller)
            #expect(rotated.json["secret"].text != secret && rotated.json["old_secret_until"] != .null)
            for table in ["webhook_endpoints", "audit_log"] {
                for row in try await api.database.rows("SELECT x::text AS row FROM \(identifier: table) AS x") {
                    let text: String = try row("row")
                    #expect(!text.contains(secret.dropFirst(6)) && !text.contains("whsec_"))
                }
            }
            let changed = try await api.call(
                .PATCH, path, as: admin.caller, json: ["types": [], "enabled": false])
            #expect(changed.json["types"] == [] && changed.json["enabled"] == false)
            #expect(changed.json["url"].text == "https://hooks.example.com/a?b=c")
            #expect(try await api.call(.POST, "\(path)/ping", as: admin.caller).code == "webhook-disabled")
            #expect(try await api.call(.DELETE, path, as: admin.caller).status == 204)
            #expect(try await api.call(.GET, path, as: admin.caller).status == 404)
            let actions = try await api.call(.GET, "/audit?action=webhook", as: admin.caller).json["items"].items
            #expect(
                actions.compactMap { $0["action"].text } == [
                    "webhook.deleted", "webhook.changed", "webhook.secret_rotated", "webhook.created",
                ])
        }
    }

    @Test(
        "row 58: what leads into somebody's own network, or is no web address, is no webhook",
        arguments: [
            "http://example.com/", "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
            "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/", "https://10.0.0.1/",
            "https://localhost/", "https://x.internal/", "https://printer.local/", "https://example.com:22/",
            "https://user:pw@example.com/", "https://example.com@127.0.0.1/", "file:///etc/passwd", "gopher://x/",
            "https:///x", "https://", "https://example.com\\@127.0.0.1/", "https://exa mple.com/",
            "javascript:alert(1)",
            "https://single/", "https://example.com:0/", "https://example.com:99999/", "https://example.com/#x",
        ])
    func badURLs(url: String) async throws {
        #expect(WebhookURL(url, isDevelopment: false) == nil)
    }

    @Test("a URL is checked when it is made and when it is changed")
    func checked() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            for body: JSONValue in [["url": "https://10.0.0.1/"], [:], ["url": "https://a.example", "types": ["A B"]]] {
                #expect(try await api.call(.POST, "/webhooks", as: admin.caller, json: body).status == 422, "\(body)")
            }
            let made = try await api.call(
                .POST, "/webhooks", as: admin.caller, json: ["url": "https://a.example:8443/x"])
            let id = try #require(made.json["webhook_id"].text)
            let moved = try await api.call(
                .PATCH, "/webhooks/\(id)", as: admin.caller, json: ["url": "https://192.168.0.1/"])
            #expect(moved.status == 422)
            for _ in 1..<20 {
                let answer = try await api.call(
                    .POST, "/webhooks", as: admin.caller, json: ["url": "https://a.example/"])
                #expect(answer.status == 201)
            }
            let many = try await api.call(.POST, "/webhooks", as: admin.caller, json: ["url": "https://a.example/"])
            #expect(many.status == 409 && many.code == "too-many-webhooks")
        }
    }

    @Test("deliveries are listed, and one that ended is delivered again")
    func deliveries() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let made = try await api.call(.POST, "/webhooks", as: admin.caller, json: ["url": "https://a.example/"])
            let id = try #require(made.json["webhook_id"].text)
            #expect(try await api.call(.POST, "/webhooks/\(id)/ping", as: admin.caller).status == 202)
            for number in 1...3 { try await self.tell(api, "test.happened", admin.developer, number: number) }
            let first = try await api.call(.GET, "/webhooks/\(id)/deliveries?limit=3", as: admin.caller)
            #expect(first.json["items"].items.count == 3 && first.json["items"][0]["status"].text == "pending")
            let cursor = try #require(first.json["next_cursor"].text)
            let rest = try await api.call(.GET, "/webhooks/\(id)/deliveries?cursor=\(cursor)", as: admin.caller)
            #expect(rest.json["items"].items.map { $0["type"].text } == ["webhook.ping"])
            let seq = try #require(first.json["items"][0]["seq"].number)
            let path = "/webhooks/\(id)/deliveries/\(seq)/redeliver"
            #expect(try await api.call(.POST, path, as: admin.caller).code == "delivery-pending")
            try await api.database.execute("UPDATE webhook_deliveries SET state = 'exhausted', attempts = 12")
            let again = try await api.call(.POST, path, as: admin.caller)
            #expect(again.status == 202 && again.json["status"].text == "pending" && again.json["attempts"].number == 0)
            let absent = try await api.call(.POST, "/webhooks/\(id)/deliveries/999999/redeliver", as: admin.caller)
            #expect(absent.status == 404)
        }
    }

    @Test("B8: events come in one sequence, each once, only the company's own, and money for those who see money")
    func events() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company(), stranger = try await api.company("B")
            let developer = try await api.member(.developer, of: admin.developer)
            for number in 1...5 { try await self.tell(api, "test.happened", admin.developer, number: number) }
            try await self.tell(api, "test.happened", stranger.developer)
            try await self.tell(api, "payout.completed", admin.developer)
            var after: Int64 = 0
            var numbers: [Int64] = []
            for _ in 0..<4 {
                let page = try await api.call(.GET, "/events?after=\(after)&limit=2", as: developer.caller)
                #expect(page.status == 200)
                for event in page.json["items"].items {
                    #expect(event["specversion"].text == "1.0" && event["subject"].text == "game/1")
                    #expect(event["source"].text == "/developers/\(admin.developer)")
                    numbers.append(try #require(event["data"]["number"].number))
                }
                after = try #require(page.json["last_seq"].number)
            }
            #expect(numbers == [1, 2, 3, 4, 5])
            let money = try await api.call(.GET, "/events?types=payout.completed", as: admin.caller)
            #expect(money.json["items"].items.count == 1)
            let marketing = try await api.member(.marketing, of: admin.developer)
            #expect(try await api.call(.GET, "/events", as: marketing.caller).status == 403)
        }
    }

    @Test("B8: an event of a transaction that is still open holds back those after it, so that no reader misses it")
    func order() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            try await api.database.transaction { slow in
                let event = try OutgoingEvent(
                    type: "test.slow", developer: admin.developer, aggregate: "a", data: ["number": 1])
                try await api.services.conventions.tell(event, slow)
                try await self.tell(api, "test.fast", admin.developer, number: 2)
                #expect(try await api.call(.GET, "/events", as: admin.caller).json["items"] == [])
            }
            let events = try await api.call(.GET, "/events", as: admin.caller).json["items"].items
            #expect(events.compactMap { $0["type"].text } == ["test.slow", "test.fast"])
        }
    }

    @Test("SC-1: a stream goes on where the last one ended, whoever serves it")
    func stream() async throws {
        try await APIHarness.run {
            $0.limits.pollInterval = .milliseconds(20)
            $0.limits.eventStreamLife = .seconds(2)
        } _: { api in
            let admin = try await api.company()
            for number in 1...3 { try await self.tell(api, "test.happened", admin.developer, number: number) }
            let first = try await api.call(.GET, "/events?limit=1", as: admin.caller).json["last_seq"].number
            let last = try #require(first)
            let stream = try await api.call(
                .GET, "/events", as: admin.caller,
                headers: [("accept", "text/event-stream"), ("last-event-id", "\(last)")])
            #expect(stream.header("content-type") == "text/event-stream")
            let lines = String(decoding: stream.bytes, as: UTF8.self).split(separator: "\n")
            let ids = lines.filter { $0.hasPrefix("id: ") }.compactMap { Int64($0.dropFirst(4)) }
            #expect(ids == [last + 1, last + 2])
            #expect(lines.filter { $0 == "event: test.happened" }.count == 2)
        }
    }
}
