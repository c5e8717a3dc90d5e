import API
import Access
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("API keys over HTTP")
struct KeysAPITests {
    @Test("EP-34, EP-35, EP-36, AK-1, AK-2, AK-4: a key is shown once, listed without itself, and dead once revoked")
    func life() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let made = try await api.call(
                .POST, "/apikeys", as: admin.caller,
                json: ["name": "ci", "permissions": ["games:read", "builds:write", "games:read"]])
            #expect(made.status == 201)
            let text = try #require(made.json["api_key"].text), id = try #require(made.json["key_id"].text)
            #expect(text.hasPrefix("gsd_live_") && text.contains(made.json["key_prefix"].text ?? "-"))
            #expect(made.json["permissions"] == ["games:read", "builds:write"])
            #expect(made.json["created_by"].text == admin.user.description)

            #expect(try await api.call(.GET, "/games", as: .key(text)).status == 200)
            let bearer = try await api.call(.GET, "/games", headers: [("authorization", "Bearer \(text)")])
            #expect(bearer.status == 200)
            let list = try await api.call(.GET, "/apikeys", as: admin.caller)
            #expect(!String(decoding: list.bytes, as: UTF8.self).contains(text.suffix(49)))
            #expect(list.json["items"][0]["key_prefix"].text?.count == 8 && list.json["items"][0]["is_active"] == true)
            #expect(!list.json["items"][0].names.contains("api_key_hash"))
            #expect(list.json["items"][0]["api_key"] == .null && list.json["items"][0]["last_used_at"] != .null)
            let dump = try await api.database.rows("SELECT developer_api_keys::text AS row FROM developer_api_keys")
            #expect(try !dump.contains { (try $0("row") as String).contains(text.suffix(49)) })

            #expect(try await api.call(.DELETE, "/apikeys/\(id)", as: admin.caller).status == 204)
            let refused = try await api.call(.GET, "/games", as: .key(text))
            #expect(refused.status == 401 && refused.code == "unauthenticated")
            #expect(
                try await api.call(.GET, "/apikeys", as: admin.caller).json["items"][0]["is_active"] == false)
        }
    }

    @Test("row 56, AK-3: what a key may be is checked, and what it may do")
    func limits() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let bad: [(JSONValue, String)] = [
                ([:], "/permissions"), (["permissions": "builds:write"], "/permissions"),
                (["permissions": ["builds:write", "root"]], "/permissions/1"), (["permissions": [7]], "/permissions/0"),
                (["permissions": ["finance:payout"]], "/permissions/0"),
                (["permissions": [], "expires_at": "tomorrow"], "/expires_at"),
                (["permissions": [], "expires_at": "2020-01-01T00:00:00Z"], "/expires_at"),
                (["permissions": [], "name": "a\u{0}"], "/name"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.POST, "/apikeys", as: admin.caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
            let made = try await api.call(
                .POST, "/apikeys", as: admin.caller,
                json: ["permissions": ["builds:status"], "expires_at": "2099-12-31T23:59:59.5+03:00"])
            #expect(made.json["expires_at"].text == "2099-12-31T20:59:59.500Z")
            let key = Caller.key(try #require(made.json["api_key"].text))
            let scope = try await api.call(.GET, "/games", as: key)
            #expect(scope.status == 403 && scope.code == "scope-missing" && scope.json["scope"].text == "games:read")
            #expect(try await api.call(.POST, "/games", as: key, json: ["title": "A"]).code == "scope-missing")
            #expect(try await api.call(.GET, "/apikeys", as: key).status == 403)
            #expect(try await api.call(.GET, "/accounts", as: key).status == 403)
            #expect(try await api.call(.POST, "/accounts", as: key, json: ["company_name": "A"]).status == 403)
            let foreign = try await api.call(
                .GET, "/jobs", as: key, headers: [("x-developer-id", UUID().uuidString)])
            #expect(foreign.status == 403)
            let own = try await api.call(
                .GET, "/jobs", as: key, headers: [("x-developer-id", admin.developer.description)])
            #expect(own.status == 200)
        }
    }

    @Test("SE-1, row 56: nobody, two at once, and what is no credential are refused")
    func credentials() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            guard case .token(let token) = admin.caller else { return }
            let invented = try APIKeyText.generate().text
            let cases: [([(String, String)], Int, String)] = [
                ([], 401, "unauthenticated"), ([("authorization", "Basic YTpi")], 401, "unauthenticated"),
                ([("authorization", "Bearer ")], 401, "unauthenticated"),
                ([("authorization", "Bearer a.b.c")], 401, "unauthenticated"),
                ([("authorization", "Bearer \(token)x")], 401, "unauthenticated"),
                ([("x-api-key", invented)], 401, "unauthenticated"), ([("x-api-key", token)], 401, "unauthenticated"),
                ([("authorization", "Bearer \(token)"), ("x-api-key", invented)], 400, "several-credentials"),
                ([("authorization", "Bearer \(String(repeating: "a", count: 65_536))")], 401, "unauthenticated"),
            ]
            for (headers, status, code) in cases {
                let answer = try await api.call(.GET, "/games", headers: headers)
                #expect(answer.status == status && answer.code == code, "\(headers.map(\.0))")
            }
            #expect(try await api.call(.GET, "/games?api_key=\(invented)&access_token=\(token)").status == 401)
            let expired = try api.issuer.mint(
                user: admin.user, developer: nil, lifetime: .seconds(60), now: Date().addingTimeInterval(-3600))
            let answer = try await api.call(.GET, "/games", as: .token(expired))
            #expect(
                answer.code == "token-expired" && answer.header("www-authenticate")?.contains("invalid_token") == true)
        }
    }
}
