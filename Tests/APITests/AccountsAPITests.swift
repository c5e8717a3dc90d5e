import API
import Accounts
import Content
import FoundationEssentials
import NIOHTTP1
import Storefront
import Testing

@Suite("Accounts over HTTP")
struct AccountsAPITests {
    @Test("EP-01, EP-02, AC-1: a person registers a company and is its administrator")
    func register() async throws {
        try await APIHarness.run { api in
            let (user, caller) = try api.person()
            #expect(try await api.call(.GET, "/accounts/me", as: caller).code == "no-company")
            let made = try await api.call(
                .POST, "/accounts", as: caller,
                json: [
                    "company_name": "Студия «Ёж»", "legal_details": ["inn": "7707083893"],
                    "verification_status": "verified", "unknown": 1,
                ])
            #expect(made.status == 201 && made.header("location") == "/api/v1/developer/accounts/me")
            #expect(made.json["verification_status"].text == "pending")
            #expect(made.json["company_name"].text == "Студия «Ёж»")
            #expect(made.json["legal_details"] == ["inn": "7707083893"])

            let me = try await api.call(.GET, "/accounts/me", as: caller)
            #expect(me.status == 200 && me.json == made.json && me.header("etag") == "\"r1\"")
            let team = try await api.call(.GET, "/accounts/me/team", as: caller)
            #expect(team.json["items"].items.count == 1)
            #expect(team.json["items"][0]["user_id"].text == user.description)
            #expect(team.json["items"][0]["role"].text == "admin")
            #expect(team.json["items"][0].names == ["user_id", "role", "added_at", "name", "email"])
            let list = try await api.call(.GET, "/accounts", as: caller)
            #expect(list.json["items"][0]["developer_id"] == made.json["developer_id"])
        }
    }

    static let badCompanies: [(String, String, String)] = [
        (#"{}"#, "/company_name", "required"), (#"{"company_name":null}"#, "/company_name", "required"),
        (#"{"company_name":7}"#, "/company_name", "type"), (#"{"company_name":["a"]}"#, "/company_name", "type"),
        (#"{"company_name":""}"#, "/company_name", "length"),
        (#"{"company_name":"  \u00a0"}"#, "/company_name", "length"),
        (#"{"company_name":"a\u0000b"}"#, "/company_name", "character"),
        (#"{"company_name":"a\nb"}"#, "/company_name", "character"),
        (#"{"company_name":"a\u202eb"}"#, "/company_name", "character"),
        (#"{"company_name":"A","legal_details":[1]}"#, "/legal_details", "type"),
        (#"{"company_name":"A","legal_details":{"a":{"b/c":["\u0000"]}}}"#, "/legal_details/a/b~1c/0", "character"),
        (#"{"company_name":"A","legal_details":{"a\u0000":1}}"#, "/legal_details/a\0", "character"),
    ]

    @Test("values that cannot be are named by pointers, and none is stored")
    func validation() async throws {
        try await APIHarness.run { api in
            let (_, caller) = try api.person()
            for (body, pointer, code) in Self.badCompanies {
                let answer = try await api.call(
                    .POST, "/accounts", as: caller, bytes: Array(body.utf8),
                    headers: [("content-type", "application/json")])
                #expect(answer.status == 422 && answer.code == "validation-failed", "\(body)")
                #expect(answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
                #expect(answer.json["errors"][0]["code"].text == code, "\(body)")
            }
            let long = JSONValue.string(String(repeating: "ё", count: 256))
            let answer = try await api.call(
                .POST, "/accounts", as: caller, json: ["company_name": long, "legal_details": "x"])
            #expect(answer.json["errors"].items.map { $0["pointer"].text } == ["/company_name", "/legal_details"])
            let fits = JSONValue.string(String(repeating: "ё", count: 255))
            #expect(try await api.call(.POST, "/accounts", as: caller, json: ["company_name": fits]).status == 201)
        }
    }

    @Test("EP-03: absent stays, null clears, the verification stays what it is, and old knowledge is refused")
    func update() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company("A")
            let first = try await api.call(
                .PUT, "/accounts/me", as: admin.caller,
                json: ["legal_details": ["inn": "7707083893"], "verification_status": "verified"])
            #expect(first.status == 200 && first.json["company_name"].text == "A" && first.header("etag") == "\"r2\"")
            #expect(first.json["verification_status"].text == "pending")
            let second = try await api.call(
                .PATCH, "/accounts/me", as: admin.caller, json: ["company_name": "B", "legal_details": .null],
                headers: [("if-match", "\"r1\", \"r2\"")])
            #expect(second.json["company_name"].text == "B" && second.json["legal_details"] == .null)
            let stale = try await api.call(
                .PUT, "/accounts/me", as: admin.caller, json: ["company_name": "C"], headers: [("if-match", "\"r2\"")])
            #expect(stale.status == 412 && stale.code == "etag-mismatch" && stale.header("etag") == "\"r3\"")
            let weak = try await api.call(
                .PUT, "/accounts/me", as: admin.caller, json: ["company_name": "C"], headers: [("if-match", "W/\"r3\"")]
            )
            #expect(weak.status == 412)
            let any = try await api.call(
                .PUT, "/accounts/me", as: admin.caller, json: ["company_name": "C"], headers: [("if-match", "*")])
            #expect(any.status == 200)
            let kept = try await api.call(
                .GET, "/accounts/me", as: admin.caller, headers: [("if-none-match", "W/\"r4\"")])
            #expect(kept.status == 304 && kept.bytes.isEmpty)
        }
    }

    @Test("EP-06, EP-07: roles change and members go, but never the last administrator")
    func team() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let other = try await api.member(.finance, of: admin.developer)
            let path = "/accounts/me/team/\(other.user)"
            #expect(try await api.call(.POST, "/games", as: other.caller, json: ["title": "A"]).status == 403)
            let changed = try await api.call(.PUT, path, as: admin.caller, json: ["role": "developer"])
            #expect(changed.status == 200 && changed.json["role"].text == "developer")
            #expect(try await api.call(.POST, "/games", as: other.caller, json: ["title": "A"]).status == 201)

            let bad = try await api.call(.PUT, path, as: admin.caller, json: ["role": "owner"])
            #expect(bad.status == 422 && bad.json["errors"][0]["code"].text == "unknown-value")
            #expect(try await api.call(.PUT, path, as: admin.caller, json: [:]).status == 422)
            let own = "/accounts/me/team/\(admin.user)"
            let last = try await api.call(.PUT, own, as: admin.caller, json: ["role": "finance"])
            #expect(last.status == 409 && last.code == "last-admin")
            #expect(try await api.call(.DELETE, own, as: admin.caller).code == "last-admin")
            #expect(try await api.call(.PUT, path, as: other.caller, json: ["role": "admin"]).status == 403)

            #expect(try await api.call(.DELETE, path, as: admin.caller).status == 204)
            #expect(try await api.call(.DELETE, path, as: admin.caller).status == 404)
            #expect(try await api.call(.GET, "/games", as: other.caller).code == "no-company")
            #expect(try await api.call(.DELETE, "/accounts/me/team/nobody", as: admin.caller).status == 404)
        }
    }

    @Test("AMB-06: of several companies one must be named; of others' none can be")
    func selection() async throws {
        try await APIHarness.run { api in
            let first = try await api.company("First"), stranger = try await api.company("Stranger")
            let second = try await api.services.accounts.register(name: "Second", legalDetails: nil, by: first.user).id
            let open = try await api.call(.GET, "/accounts/me", as: first.caller)
            #expect(open.status == 400 && open.code == "company-selection-required")
            #expect(open.json["companies"].items.map { $0["company_name"].text } == ["First", "Second"])
            let named = try await api.call(
                .GET, "/accounts/me", as: first.caller, headers: [("x-developer-id", second.description)])
            #expect(named.json["company_name"].text == "Second")
            let bound = try api.caller(first.user, developer: first.developer)
            let both = try await api.call(
                .GET, "/accounts/me", as: bound, headers: [("x-developer-id", second.description)])
            #expect(both.json["company_name"].text == "First")
            let foreign = try await api.call(
                .GET, "/accounts/me", as: first.caller, headers: [("x-developer-id", stranger.developer.description)])
            #expect(foreign.status == 403)
            let absent = try await api.call(
                .GET, "/accounts/me", as: first.caller, headers: [("x-developer-id", UUID().uuidString)])
            #expect(absent.status == 403)
            let nonsense = try await api.call(
                .GET, "/accounts/me", as: first.caller, headers: [("x-developer-id", "me")])
            #expect(nonsense.status == 422)
        }
    }
}
