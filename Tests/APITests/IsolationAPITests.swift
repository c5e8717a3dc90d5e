import API
import Access
import Accounts
import Content
import FoundationEssentials
import HTTPTypes
import JobQueue
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Companies apart")
struct IsolationAPITests {
    /// A body that would be fine, for each operation that needs one.
    static func body(for operation: API.Operation) -> JSONValue? {
        switch operation {
        case .registerCompany: ["company_name": "A"]
        case .updateCompany: ["company_name": "A"]
        case .changeRole: ["role": "developer"]
        case .createGame, .updateGame: ["title": "A"]
        case .createVersion: ["version_string": "9", "file_size": 4]
        case .updateVersion: ["changelog": "x"]
        case .signParts: ["part_numbers": [1]]
        case .createKey: ["permissions": []]
        case .requestPayout: ["amount": "1000.00"]
        case .updatePaymentSettings: APIHarness.details
        case .orderReport: ["type": "sales", "from": "2026-11-01", "to": "2026-11-02"]
        case .updateMetadata: ["description": "x"]
        case .createMedia: ["kind": "art", "file_name": "a.png", "file_size": 100]
        case .updateMedia: ["alt": "x"]
        case .updatePricing, .previewPricing: ["base_price": "1.00"]
        case .createPromotion, .updatePromotion:
            [
                "name": "B", "discount_percent": 10, "starts_at": "2999-02-01T00:00:00Z",
                "ends_at": "2999-02-02T00:00:00Z",
            ]
        case .setChannel: ["version_id": "00000000-0000-0000-0000-000000000000"]
        case .rollChannel: ["rollout_percent": 10]
        case .decideReview: ["decision": "approved"]
        case .recallVersion: ["reason": "x"]
        case .replyToPlayerReview: ["text": "x"]
        case .approvePaymentSettings, .approvePaymentSettingsInternally: ["version": 1]
        case .inviteMember: ["email": "a@example.com", "role": "developer"]
        case .createDocument:
            ["kind": "tax", "file_name": "a.pdf", "content_type": "application/pdf", "file_size": 4]
        case .createWebhook: ["url": "https://example.com/hook"]
        case .updateWebhook: ["enabled": false]
        case .createTrust: ["name": "ci", "issuer": "test", "repository": "studio/game", "permissions": []]
        case .exchangeToken: ["token": "a.b.c"]
        case .setNotificationPreferences: [:]
        case .publishSDK: ["version": "1.0.0"]
        case .verifyCompany: ["status": "verified"]
        case .suspendCompany: ["suspended": false]
        default: nil
        }
    }

    /// Identifiers of what else the owner has.
    private static func more(of owner: Member, _ api: APIHarness) async throws -> [String: String] {
        _ = try await api.services.accounts.decide(.verify, reason: nil, on: owner.developer)
        func made(_ operation: API.Operation, _ path: String, _ id: String) async throws -> String {
            let answer = try await api.call(.POST, path, as: owner.caller, json: Self.body(for: operation))
            #expect(answer.status == 201, "\(answer.json)")
            return answer.json[id].text ?? ""
        }
        return [
            "invitation_id": try await made(.inviteMember, "/accounts/me/team", "invitation_id"),
            "webhook_id": try await made(.createWebhook, "/webhooks", "webhook_id"),
            "trust_id": try await made(.createTrust, "/oidc/trusts", "trust_id"),
            "document_id": try await made(.createDocument, "/accounts/me/documents", "document_id"), "seq": "1",
        ]
    }

    static func method(_ route: RouteDeclaration) -> HTTPMethod { HTTPMethod(rawValue: route.method.rawValue) }

    @Test("row 54: another company's identifiers are 404 on every route, with the body of what never was")
    func foreign() async throws {
        try await APIHarness.run { api in
            let owner = try await api.verifiedCompany("Owner"), stranger = try await api.company("Stranger")
            let game = try await api.game(of: owner)
            let ready = try await ReadyVersion.make(api, game: game, by: owner)
            let (_, open) = try await api.version(of: game, by: owner, "3.0", size: 4)
            let made = try await api.call(.POST, "/apikeys", as: owner.caller, json: ["permissions": []])
            let job = try await api.call(.GET, "/jobs", as: owner.caller).json["items"][0]["id"].text ?? ""
            _ = try await api.call(.PUT, "/finance/settings", as: owner.caller, json: APIHarness.details)
            try await api.earn("1000.00", of: owner)
            let payout = try await api.call(.POST, "/finance/payouts", as: owner.caller, json: ["amount": "1000.00"])
            let report = try await api.call(
                .POST, "/analytics/reports", as: owner.caller, json: Self.body(for: .orderReport))
            _ = try await api.call(.PUT, "/games/\(game)/pricing", as: owner.caller, json: ["base_price": "10.00"])
            let media = try await api.call(
                .POST, "/games/\(game)/media", as: owner.caller,
                json: ["kind": "art", "file_name": "a.png", "file_size": 100])
            let promotion = try await api.call(
                .POST, "/games/\(game)/promotions", as: owner.caller,
                json: [
                    "name": "A", "discount_percent": 10, "starts_at": "2999-01-01T00:00:00Z",
                    "ends_at": "2999-01-02T00:00:00Z",
                ])
            _ = try await api.call(
                .POST, "/internal/v1/games/\(game)/player-reviews", as: try api.service(.playerReviewsWrite),
                json: [
                    "review_id": "r1", "author_name": "A", "is_positive": true, "written_at": "2026-11-01T10:00:00Z",
                ])
            let theirs = [
                "player_review_id": "r1",
                "media_id": media.json["media_id"].text ?? "",
                "promotion_id": promotion.json["promotion_id"].text ?? "", "name": "public", "file_name": "a.png",
                "payout_id": payout.json["payout_id"].text ?? "", "report_id": report.json["report_id"].text ?? "",
                "user_id": owner.user.description, "game_id": game, "version_id": ready.id.description,
                "from_version_id": ready.from.description, "digest": ReadyVersion.packDigest.description, "job_id": job,
                "key_id": made.json["key_id"].text ?? "", "part_number": "1",
            ].merging(try await Self.more(of: owner, api)) { _, new in new }
            let absent = theirs.mapValues { UUID(uuidString: $0) == nil ? $0 : UUID().uuidString.lowercased() }
                .merging(["job_id": "999999999", "part_number": "1", "seq": "1"]) { _, new in new }
            var checked = 0
            for route in RouteTable.all where route.path.contains("{") {
                // Operators and services of the platform have doors of their own.
                guard case .permission = route.access else { continue }
                for version in [ready.id.description, open["version_id"].text ?? ""] {
                    var values = theirs
                    values["version_id"] = version
                    let foreign = try await api.call(
                        Self.method(route), Self.fill(route.path, values), as: stranger.caller,
                        json: Self.body(for: route.operation),
                        bytes: route.operation == .receivePart ? [1, 2, 3, 4] : nil)
                    let never = try await api.call(
                        Self.method(route), Self.fill(route.path, absent), as: stranger.caller,
                        json: Self.body(for: route.operation),
                        bytes: route.operation == .receivePart ? [1, 2, 3, 4] : nil)
                    #expect(foreign.status == 404, "\(route.method) \(route.path)")
                    #expect(Self.comparable(foreign) == Self.comparable(never), "\(route.method) \(route.path)")
                    checked += 1
                }
            }
            #expect(checked >= 50)
            // What mixes both worlds is no way in either.
            let own = try await api.game(of: stranger)
            #expect(try await api.call(.GET, "/games/\(own)/versions/\(ready.id)", as: stranger.caller).status == 404)
            #expect(try await api.call(.GET, "/jobs?version_id=\(ready.id)", as: stranger.caller).json["items"] == [])
            #expect(try await api.call(.GET, "/games", as: stranger.caller).json["items"].items.count == 1)
            // And nothing was changed by trying.
            #expect(try await api.call(.GET, "/games/\(game)", as: owner.caller).json["title"].text == "Game")
            #expect(try await api.call(.GET, "/apikeys", as: owner.caller).json["items"][0]["is_active"] == true)
            #expect(try await api.call(.GET, "/jobs/\(job)", as: owner.caller).json["done"] == false)
        }
    }

    @Test("SE-2: every route opens to exactly the roles of its permission")
    func roles() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let ids = [
                "user_id", "game_id", "version_id", "from_version_id", "key_id", "payout_id", "report_id",
                "invitation_id", "webhook_id", "trust_id", "document_id",
            ].reduce(into: ["digest": "abc", "job_id": "999999999", "part_number": "1", "seq": "1"]) {
                $0[$1] = UUID().uuidString
            }
            let policy = RolePolicy(profile: .literal)
            for role in Role.allCases {
                let member = try await api.member(role, of: admin.developer)
                for route in RouteTable.all {
                    guard case .permission(let permission) = route.access,
                        ![.updateCompany, .leaveTeam].contains(route.operation)
                    else {
                        continue
                    }
                    let answer = try await api.call(
                        Self.method(route), Self.fill(route.path, ids), as: member.caller,
                        json: Self.body(for: route.operation))
                    let isAllowed = policy.permissions(of: role).contains(permission)
                    #expect(
                        (answer.status != 403) == isAllowed, "\(role) \(route.method) \(route.path): \(answer.status)")
                    if !isAllowed {
                        #expect(answer.code == "forbidden" && answer.json["permission"].text == permission.rawValue)
                    }
                }
            }
        }
    }

    @Test("SE-2: an API key opens exactly the routes of its scopes, a service exactly those of its own")
    func machines() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            _ = try await api.services.accounts.decide(.verify, reason: nil, on: admin.developer)
            let made = try await api.call(
                .POST, "/apikeys", as: admin.caller,
                json: ["permissions": .array(Permission.grantableToKeys.map { .string($0.rawValue) })])
            let key = Caller.key(try #require(made.json["api_key"].text))
            let scopes = ServicePermission.allCases.map(\.rawValue).joined(separator: " ")
            let service = try api.service("everything-service", scopes)
            let ids = Self.names.reduce(into: [String: String]()) { $0[$1] = UUID().uuidString }
            for route in RouteTable.all {
                let path = Self.fill(route.path, ids), body = Self.body(for: route.operation)
                let byKey = try await api.call(Self.method(route), path, as: key, json: body)
                let byService = try await api.call(Self.method(route), path, as: service, json: body)
                switch route.access {
                case .everybody: break
                case .person, .platform: #expect(byKey.status == 403 && byService.status == 403, "\(route.path)")
                case .permission(let permission):
                    #expect((byKey.status != 403) == permission.isGrantableToKeys, "\(route.path): \(byKey.status)")
                    #expect(byService.status == 403, "\(route.path)")
                case .service: #expect(byKey.status == 403 && byService.status != 403, "\(route.path)")
                }
            }
        }
    }

    /// Parameters that are UUIDs.
    private static let names = [
        "user_id", "game_id", "version_id", "from_version_id", "key_id", "invitation_id", "webhook_id", "trust_id",
        "payout_id", "report_id",
        "document_id", "developer_id",
    ]

    @Test("SE-1: every route but the public ones asks who is there, before it looks at anything")
    func everybody() async throws {
        try await APIHarness.run { api in
            var open: [String] = []
            for route in RouteTable.all {
                if route.access == .everybody {
                    open.append(route.path)
                    continue
                }
                let answer = try await api.call(
                    Self.method(route), Self.fill(route.path, [:]), bytes: Array("{not json".utf8))
                #expect(answer.status == 401 && answer.code == "unauthenticated", "\(route.path)")
            }
            #expect(
                Set(open) == [
                    "/storage/v1/**", "/livez", "/readyz", "/metrics", "/.well-known/slipway-keys.json",
                    "/.well-known/jwks.json", "/openapi.json", "/media/v1/{media_id}/{file_name}",
                    "/.well-known/jwks.json", "/openapi.json", "/docs", "/api/v1/developer/oidc/exchange",
                ])
        }
    }

    @Test("SE-2: what is for services of the platform is for nobody else")
    func services() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            for route in RouteTable.all where route.isForServices {
                let path = Self.fill(route.path, ["name": "public"])
                let answer = try await api.call(
                    Self.method(route), path, as: admin.caller, json: Self.body(for: route.operation))
                #expect(answer.status == 403 && answer.code == "forbidden", "\(route.path)")
                guard case .service(let needed) = route.access else { continue }
                let other = try #require(ServicePermission.allCases.first { $0 != needed })
                let service = try await api.call(
                    Self.method(route), path, as: try api.service(other), json: Self.body(for: route.operation))
                #expect(service.status == 403, "\(route.path)")
            }
            let games = try await api.call(.GET, "/games", as: try api.service(.reviewsDecide))
            #expect(games.status == 403)
        }
    }

    /// A problem without what names the request.
    private static func comparable(_ answer: Answer) -> JSONValue {
        guard case .object(var object) = answer.json else { return answer.json }
        object["instance"] = nil
        object["request_id"] = nil
        return .object(object)
    }

    private static func fill(_ path: String, _ values: [String: String]) -> String {
        values.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}

extension RouteDeclaration {
    fileprivate var isForServices: Bool {
        if case .service = self.access { true } else { false }
    }
}
