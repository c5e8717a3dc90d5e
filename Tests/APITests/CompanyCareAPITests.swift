import API
import Accounts
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("The platform's care for companies, over HTTP")
struct CompanyCareAPITests {
    @Test("AC-3, IN-6: Admin Service verifies and rejects; the same decision again is the same, another is refused")
    func verification() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let service = try api.service("admin-service", "companies:verify companies:read")
            let path = "/internal/v1/developers/\(admin.developer)"
            func decide(_ body: JSONValue) async throws -> Answer {
                try await api.call(.POST, "\(path)/verification", as: service, json: body)
            }
            #expect(try await decide(["status": "rejected"]).json["errors"][0]["pointer"].text == "/reason")
            #expect(try await decide(["status": "pending"]).status == 422)
            let rejected = try await decide(["status": "rejected", "reason": "no charter"])
            #expect(rejected.status == 200 && rejected.json["verification_status"].text == "rejected")
            let seen = try await api.call(.GET, "/accounts/me", as: admin.caller)
            #expect(seen.json["verification_reason"].text == "no charter")
            #expect(try await decide(["status": "rejected", "reason": "no charter"]).status == 200)
            let conflict = try await decide(["status": "verified"])
            #expect(conflict.status == 409 && conflict.json["allowed"] == ["resubmit"])

            let again = try await api.call(.POST, "/accounts/me/verification", as: admin.caller)
            #expect(again.status == 200 && again.json["verification_status"].text == "pending")
            #expect(try await api.call(.POST, "/accounts/me/verification", as: admin.caller).status == 409)
            let verified = try await decide(["status": "verified"])
            #expect(verified.json["verification_status"].text == "verified" && verified.json["verified_at"] != .null)
            #expect(try await api.call(.GET, path, as: service).json == verified.json)
            let types: [String] = try await api.database.rows("SELECT type FROM outbox ORDER BY seq").map {
                try $0("type")
            }
            #expect(types == ["company.rejected", "company.verification_requested", "company.verified"])
            let audit = try await api.call(.GET, "/audit?action=company.verification_changed", as: admin.caller)
            #expect(audit.json["items"].items.count == 3)
            #expect(audit.json["items"][0]["actor"]["kind"].text == "service")
            #expect(audit.json["items"][0]["actor"]["id"].text == "admin-service")
            #expect(try await decide(["status": "verified"]).status == 200)
            let absent = try await api.call(
                .POST, "/internal/v1/developers/\(UUID())/verification", as: service, json: ["status": "verified"])
            #expect(absent.status == 404)
        }
    }

    @Test("the internal API is for services with the scope, and such a token is for nothing else")
    func services() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let path = "/internal/v1/developers/\(admin.developer)/verification"
            let body: JSONValue = ["status": "verified"]
            #expect(try await api.call(.POST, path, json: body).status == 401)
            #expect(try await api.call(.POST, path, as: admin.caller, json: body).code == "forbidden")
            let other = try api.service("payment-service", "ledger:write")
            let refused = try await api.call(.POST, path, as: other, json: body)
            #expect(refused.status == 403 && refused.json["scope"].text == "companies:verify")
            let made = try await api.call(.POST, "/apikeys", as: admin.caller, json: ["permissions": ["games:read"]])
            let key = Caller.key(try #require(made.json["api_key"].text))
            #expect(try await api.call(.POST, path, as: key, json: body).status == 403)
            let good = try api.service("admin-service", "companies:verify")
            for path in ["/accounts", "/accounts/me", "/games"] {
                #expect(try await api.call(.GET, path, as: good).status == 403, "\(path)")
            }
        }
    }

    @Test("AC-6: a suspended company reads, learns why, and changes nothing, by keys neither")
    func suspension() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let service = try api.service("admin-service", "companies:suspend")
            let made = try await api.call(
                .POST, "/apikeys", as: admin.caller, json: ["permissions": ["metadata:write", "games:read"]])
            let key = Caller.key(try #require(made.json["api_key"].text))
            let game = try await api.game(of: admin)
            let path = "/internal/v1/developers/\(admin.developer)/suspension"
            #expect(
                try await api.call(.POST, path, as: service, json: ["suspended": true]).json["errors"][0]["pointer"]
                    .text
                    == "/reason")
            let done = try await api.call(.POST, path, as: service, json: ["suspended": true, "reason": "fraud"])
            #expect(done.status == 200 && done.json["suspended_at"] != .null)
            for (method, target) in [
                (HTTPMethod.POST, "/games"), (.PUT, "/games/\(game)"), (.DELETE, "/games/\(game)"),
                (.PUT, "/accounts/me"), (.POST, "/apikeys"),
            ] {
                let answer = try await api.call(method, target, as: admin.caller, json: ["title": "A"])
                #expect(answer.status == 403 && answer.code == "company-suspended", "\(method) \(target)")
            }
            #expect(try await api.call(.GET, "/games/\(game)", as: admin.caller).status == 200)
            #expect(try await api.call(.GET, "/games/\(game)", as: key).status == 200)
            #expect(
                try await api.call(.GET, "/accounts/me", as: admin.caller).json["suspension_reason"].text == "fraud")
            _ = try await api.call(.POST, path, as: service, json: ["suspended": false])
            #expect(try await api.call(.POST, "/games", as: admin.caller, json: ["title": "A"]).status == 201)
        }
    }

    @Test("AC-4, AC-5: legal details are checked; another identity has to be verified again, another address has not")
    func identity() async throws {
        try await APIHarness.run { api in
            let (_, caller) = try api.person()
            let made = try await api.call(
                .POST, "/accounts", as: caller,
                json: [
                    "company_name": "A", "account_type": "publisher",
                    "legal_details": ["legal_form": "legal_entity", "inn": "7707083893", "address": "Москва"],
                ])
            #expect(made.status == 201 && made.json["account_type"].text == "publisher")
            let id = try #require(made.json["developer_id"].text.flatMap { DeveloperID($0) })
            _ = try await api.services.accounts.decide(.verify, reason: nil, on: id)
            func change(_ details: JSONValue) async throws -> Answer {
                try await api.call(.PUT, "/accounts/me", as: caller, json: ["legal_details": details])
            }
            let wrong = try await change(["inn": "7707083894", "ogrn": "1"])
            #expect(wrong.status == 422)
            #expect(
                wrong.json["errors"].items.map { $0["pointer"].text } == ["/legal_details/inn", "/legal_details/ogrn"])
            let moved = try await change(["legal_form": "legal_entity", "inn": "7707083893", "address": "Тверь"])
            #expect(moved.json["verification_status"].text == "verified")
            let other = try await change(["legal_form": "legal_entity", "inn": "7736207543", "address": "Тверь"])
            #expect(other.json["verification_status"].text == "pending")
            let audit = try await api.call(.GET, "/audit?action=company.changed", as: caller).json["items"]
            #expect(audit.items.count == 2 && audit[0]["after"]["verification_status"].text == "pending")
        }
    }
}
