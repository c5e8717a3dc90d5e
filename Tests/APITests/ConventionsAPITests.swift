import API
import Access
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Conventions over HTTP")
struct ConventionsAPITests {
    @Test("8.3: the same request sent again is answered again and done once, bare or quoted")
    func replay() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            func create(_ key: String, _ title: String, as caller: Caller? = nil) async throws -> Answer {
                try await api.call(
                    .POST, "/games", as: caller ?? admin.caller, json: ["title": .string(title)],
                    headers: [("idempotency-key", key)])
            }
            let first = try await create("\"k-1\"", "A"), again = try await create("k-1", "A")
            #expect(first.status == 201 && first.header("idempotency-replayed") == nil)
            #expect(again.status == 201 && again.header("idempotency-replayed") == "true")
            #expect(again.bytes == first.bytes && again.header("location") == first.header("location"))
            #expect(again.header("etag") == first.header("etag"))
            #expect(again.header("x-request-id") != first.header("x-request-id"))
            let other = try await create("k-1", "B")
            #expect(other.status == 422 && other.code == "idempotency-key-reused")
            // Somebody else's key of the same name is another one.
            let colleague = try await api.member(.developer, of: admin.developer)
            #expect(try await create("k-1", "B", as: colleague.caller).status == 201)
            #expect(try await api.call(.GET, "/games", as: admin.caller).json["items"].items.count == 2)
            for bad in ["", "a b", "ключ"] { #expect(try await create(bad, "C").code == "idempotency-key-invalid") }
        }
    }

    @Test("8.3: what was refused was not done, so its key is free")
    func refused() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let headers = [("idempotency-key", "k")]
            for (body, status) in [(JSONValue(dictionaryLiteral: ("title", "")), 422), (["title": "A"], 201)] {
                let answer = try await api.call(.POST, "/games", as: admin.caller, json: body, headers: headers)
                #expect(answer.status == status)
            }
        }
    }

    @Test("8.3: a key is shown once, even to who asks with the same Idempotency-Key, and is kept nowhere")
    func secret() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let body: JSONValue = ["permissions": ["games:read"]]
            let headers = [("idempotency-key", "k")]
            let first = try await api.call(.POST, "/apikeys", as: admin.caller, json: body, headers: headers)
            let again = try await api.call(.POST, "/apikeys", as: admin.caller, json: body, headers: headers)
            let key = try #require(first.json["api_key"].text)
            #expect(again.status == 201 && again.json["key_id"] == first.json["key_id"])
            #expect(again.json["api_key"] == .null && !again.json.names.contains("api_key"))
            #expect(try await api.call(.GET, "/apikeys", as: admin.caller).json["items"].items.count == 1)
            let kept = try await api.database.rows(
                "SELECT convert_from(body, 'UTF8') || headers::text AS text FROM idempotency_keys")
            #expect(kept.count == 1)
            for row in kept { #expect(try !(row("text") as String).contains(key.suffix(49))) }
        }
    }

    @Test("8.3: while it is being done, the same request is told to wait")
    func inFlight() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await api.call(
                            .POST, "/games", as: admin.caller, json: ["title": "A"],
                            headers: [("idempotency-key", "k")])
                    }
                }
                return try await group.reduce(into: [Answer]()) { $0.append($1) }
            }
            for answer in answers where answer.status != 201 {
                #expect(answer.status == 409 && answer.code == "request-in-flight")
                #expect(answer.header("retry-after") == "1")
            }
            #expect(answers.contains { $0.status == 201 && $0.header("idempotency-replayed") == nil })
            #expect(try await api.call(.GET, "/games", as: admin.caller).json["items"].items.count == 1)
        }
    }

    @Test("SE-5: every answer tells what is left, and the refusal says when to come back")
    func rates() async throws {
        try await APIHarness.run {
            $0.conventions.rates = RateLimiter(
                database: $0.database,
                policies: RatePolicies([
                    .read: RatePolicies.pair("read", burst: 6, hour: 100),
                    .write: RatePolicies.pair("write", burst: 2, hour: 100),
                ]))
        } _: { api in
            let admin = try await api.company()
            let colleague = try await api.member(.developer, of: admin.developer)
            var left: [Int] = []
            for _ in 0..<6 {
                let answer = try await api.call(.GET, "/games", as: admin.caller)
                #expect(answer.status == 200)
                #expect(answer.header("ratelimit-policy") == #""read-burst";q=6;w=10, "read-hour";q=100;w=3600"#)
                left.append(try #require(Self.remaining("read-burst", answer)))
            }
            #expect(left == [5, 4, 3, 2, 1, 0])
            let refused = try await api.call(.GET, "/games", as: admin.caller)
            #expect(refused.status == 429 && refused.code == "rate-limited")
            #expect(refused.json["violated-policies"] == ["read-burst"])
            let seconds = try #require(refused.header("retry-after").flatMap { Int($0) })
            #expect((1...10).contains(seconds) && Self.remaining("read-burst", refused) == 0)
            // A problem tells it, too; writes and other people have room of their own; probes are not counted.
            let missing = try await api.call(.GET, "/games/\(UUID())", as: colleague.caller)
            #expect(missing.status == 404 && Self.remaining("read-burst", missing) == 5)
            #expect(try await api.call(.POST, "/games", as: admin.caller, json: ["title": "A"]).status == 201)
            let probe = try await api.call(.GET, "/livez")
            #expect(probe.status == 200 && probe.header("ratelimit") == nil)
        }
    }

    @Test("row 61: who tries credentials out is turned away after a while, and nobody else is")
    func guesses() async throws {
        try await APIHarness.run {
            $0.conventions.rates = RateLimiter(
                database: $0.database,
                policies: RatePolicies([.authentication: RatePolicies.pair("authentication", burst: 3, hour: 100)]))
            $0.conventions.trustedProxies = [IPNetwork("127.0.0.0/8")].compactMap(\.self)
        } _: { api in
            let admin = try await api.company()
            func guess(from address: String, _ caller: Caller = .token("a.b.c")) async throws -> Answer {
                try await api.call(.GET, "/games", as: caller, headers: [("x-forwarded-for", address)])
            }
            for _ in 0..<3 { #expect(try await guess(from: "198.51.100.7").status == 401) }
            let refused = try await guess(from: "198.51.100.7")
            #expect(refused.status == 429 && refused.json["violated-policies"] == ["authentication-burst"])
            // What the client wrote in front of it does not make it another one.
            #expect(try await guess(from: "203.0.113.9, 198.51.100.7").status == 429)
            #expect(try await guess(from: "198.51.100.8").status == 401)
            #expect(try await guess(from: "198.51.100.8", admin.caller).status == 200)
            for _ in 0..<5 { #expect(try await guess(from: "198.51.100.9", .nobody).status == 401) }
        }
    }

    @Test("AR-1: what anybody but a trusted proxy says of the address is not believed")
    func forwarded() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let forged = [("x-forwarded-for", "198.51.100.7"), ("user-agent", "curl/8.0"), ("x-request-id", "r-7")]
            _ = try await api.call(
                .POST, "/apikeys", as: admin.caller, json: ["permissions": []], headers: forged)
            let record = try await api.call(.GET, "/audit?action=apikey", as: admin.caller).json["items"][0]
            #expect(record["actor"]["address"].text == "127.0.0.1" && record["actor"]["user_agent"].text == "curl/8.0")
            #expect(record["request_id"].text == "r-7" && record["action"].text == "apikey.created")
            #expect(record["actor"]["id"].text == admin.user.description && record["actor"]["kind"].text == "user")
        }
    }

    @Test("SE-7: what is done to games and builds stands in the audit log, each once, and finance does not see it")
    func audited() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            _ = try await api.call(.PUT, "/games/\(game)", as: admin.caller, json: ["title": "Other"])
            let (path, version) = try await api.version(of: game, by: admin, size: 3)
            _ = try await api.call(.PUT, try #require(version["upload"]["url"].text), bytes: [1, 2, 3])
            for _ in 0..<2 {
                let done = try await api.call(.POST, "\(path)/upload/complete", as: admin.caller)
                #expect(done.status == 202, "\(done.json)")
            }
            let other = try await api.game(of: admin, title: "Draft")
            _ = try await api.call(.DELETE, "/games/\(other)", as: admin.caller)
            let records = try await api.call(.GET, "/audit", as: admin.caller).json["items"].items
            #expect(
                records.compactMap { $0["action"].text } == [
                    "game.deleted", "game.created", "version.uploaded", "game.changed", "game.created",
                    "company.registered",
                ])
            #expect(records[3]["before"] == ["title": "Game"] && records[3]["after"] == ["title": "Other"])
            let verified = try await api.call(.GET, "/audit/verify", as: admin.caller).json
            #expect(verified["intact"] == true && verified["records"].number == 6)
            let head = verified["head"]
            let again = try await api.call(
                .GET, "/audit/verify?seq=\(head["seq"].number ?? 0)&hash=\(head["hash"].text ?? "")", as: admin.caller)
            #expect(again.json["intact"] == true)
            let wrong = String(repeating: "0", count: 64)
            let forged = try await api.call(.GET, "/audit/verify?seq=2&hash=\(wrong)", as: admin.caller)
            #expect(forged.json["intact"] == false && forged.json["first_broken_seq"].number == 2)
            let finance = try await api.member(.finance, of: admin.developer)
            #expect(try await api.call(.GET, "/audit", as: finance.caller).json["items"] == [])
            let developer = try await api.member(.developer, of: admin.developer)
            #expect(try await api.call(.GET, "/audit", as: developer.caller).status == 403)
        }
    }

    private static func remaining(_ policy: String, _ answer: Answer) -> Int? {
        let item = answer.header("ratelimit")?.split(separator: ",").first { $0.contains("\"\(policy)\"") }
        let part = item?.split(separator: ";").first { $0.hasPrefix("r=") }
        return part.flatMap { Int($0.dropFirst(2)) }
    }
}
