import API
import Access
import Content
import FoundationEssentials
import HTTPTypes
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Conventions, route by route")
struct RouteConventionTests {
    /// A company with one of everything, and who may do what to it.
    private struct World: Sendable {
        let api: APIHarness
        let admin: Member
        let ids: [String: String]

        func path(_ route: RouteDeclaration) -> String {
            self.ids.reduce(route.path) { $0.replacing("{\($1.key)}", with: $1.value) }
        }

        /// Whoever the route is for.
        func caller(_ route: RouteDeclaration) throws -> Caller {
            switch route.access {
            case .everybody: .nobody
            case .person, .permission: self.admin.caller
            case .platform(let role):
                .token(
                    try self.api.issuer.mint(
                        user: UserID(UUID()), developer: nil, platformRoles: [role], lifetime: .seconds(600),
                        now: Date()))
            case .service(let permission): try self.api.service(permission)
            }
        }

        func call(_ route: RouteDeclaration, query: String = "", headers: [(String, String)] = []) async throws
            -> Answer
        {
            try await self.api.call(
                IsolationAPITests.method(route), self.path(route) + query, as: try self.caller(route),
                json: IsolationAPITests.body(for: route.operation),
                bytes: route.operation == .receivePart ? [1, 2, 3, 4] : nil, headers: headers + self.company(route))
        }

        /// Which of a person's companies is meant: registering makes another one.
        private func company(_ route: RouteDeclaration) -> [(String, String)] {
            guard case .permission = route.access else { return [] }
            return [("x-developer-id", self.admin.developer.description)]
        }
    }

    private static func run(_ body: @Sendable (World) async throws -> Void) async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let ready = try await ReadyVersion.make(api, game: game, by: admin)
            try await api.markClean(ready.id)
            let job = try await api.call(.GET, "/jobs", as: admin.caller).json["items"][0]["id"].text ?? ""
            _ = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: APIHarness.details)
            try await api.earn("5000.00", of: admin)
            _ = try await api.call(.PUT, "/games/\(game)/pricing", as: admin.caller, json: ["base_price": "10.00"])
            func made(_ path: String, _ id: String, _ json: JSONValue) async throws -> String {
                let answer = try await api.call(.POST, path, as: admin.caller, json: json)
                #expect((200..<300).contains(answer.status), "\(path): \(answer.json)")
                return answer.json[id].text ?? ""
            }
            func sample(_ operation: API.Operation) -> JSONValue { IsolationAPITests.body(for: operation) ?? [:] }
            try await api.database.execute(
                "UPDATE game_versions SET review_status = 'approved' WHERE version_id = \(ready.id)")
            let channel = try await api.call(
                .PUT, "/games/\(game)/channels/beta", as: admin.caller,
                json: ["version_id": .string(ready.id.description)])
            #expect((200..<300).contains(channel.status), "\(channel.json)")
            try await body(
                World(
                    api: api, admin: admin,
                    ids: [
                        "game_id": game, "version_id": ready.id.description, "from_version_id": ready.from.description,
                        "user_id": admin.user.description, "job_id": job, "name": "beta", "part_number": "1",
                        "seq": "1",
                        "digest": ReadyVersion.packDigest.description, "file_name": "a.png", "sdk_version": "latest",
                        "developer_id": admin.developer.description, "queue": "ingest", "key": "a",
                        "token": String(repeating: "a", count: 64),
                        "key_id": try await made("/apikeys", "key_id", sample(.createKey)),
                        "payout_id": try await made("/finance/payouts", "payout_id", ["amount": "1000.00"]),
                        "report_id": try await made("/analytics/reports", "report_id", sample(.orderReport)),
                        "media_id": try await made("/games/\(game)/media", "media_id", sample(.createMedia)),
                        "promotion_id": try await made(
                            "/games/\(game)/promotions", "promotion_id", sample(.createPromotion)),
                        "invitation_id": try await made("/accounts/me/team", "invitation_id", sample(.inviteMember)),
                        "webhook_id": try await made("/webhooks", "webhook_id", sample(.createWebhook)),
                        "trust_id": try await made("/oidc/trusts", "trust_id", sample(.createTrust)),
                        "document_id": try await made("/accounts/me/documents", "document_id", sample(.createDocument)),
                        "review_id": UUID().uuidString.lowercased(), "publication_id": UUID().uuidString.lowercased(),
                    ]))
        }
    }

    private static let routes = RouteTable.all.filter { !$0.path.hasSuffix("**") && $0.operation != .watchJob }

    @Test("8.14: every route says back the request's name, and goes on with its trace in a span of its own")
    func identity() async throws {
        try await Self.run { world in
            let trace = "0af7651916cd43dd8448eb211c80319c", span = "b7ad6b7169203331"
            for route in Self.routes where !route.isDeletion {
                let answer = try await world.call(
                    route, headers: [("x-request-id", "request-7"), ("traceparent", "00-\(trace)-\(span)-01")])
                #expect(answer.header("x-request-id") == "request-7", "\(route.operation)")
                let parts = (answer.header("traceparent") ?? "").split(separator: "-")
                #expect(
                    parts.count == 4 && parts[1] == trace && parts[2] != span && parts[3] == "01", "\(route.operation)")
                let own = try await world.api.call(
                    IsolationAPITests.method(route), world.path(route), headers: [("x-request-id", "not usable!")])
                #expect(own.header("x-request-id")?.count == 36, "\(route.operation)")
            }
        }
    }

    @Test("8.5: what has an ETag is changed only as it was seen: a stale If-Match is 412 with the ETag of now")
    func conditions() async throws {
        try await Self.run { world in
            var checked: Set<String> = []
            for reading in Self.routes where reading.method == .get && !reading.servesObject {
                let seen = try await world.call(reading)
                guard seen.status == 200, let tag = seen.header("etag") else { continue }
                #expect(tag.hasPrefix("\""), "\(reading.operation) has a strong ETag")
                let again = try await world.call(reading, headers: [("if-none-match", tag)])
                #expect(again.status == (reading.answersUnchanged ? 304 : 200), "\(reading.operation)")
                for route in Self.routes
                where route.path == reading.path && [.put, .patch, .delete].contains(route.method) {
                    #expect(route.heedsIfMatch, "\(route.operation) changes what has an ETag")
                }
            }
            for route in Self.routes where route.heedsIfMatch {
                let stale = try await world.call(route, headers: [("if-match", "\"stale\"")])
                #expect(stale.status == 412 && stale.code == "etag-mismatch", "\(route.operation): \(stale.json)")
                #expect(stale.header("etag")?.hasPrefix("\"") == true, "\(route.operation)")
                checked.insert(route.operation.rawValue)
            }
            #expect(checked.count >= 10)
        }
    }

    @Test("8.6: every list has items and a cursor, and no more than was asked for, of what can be asked for")
    func lists() async throws {
        try await Self.run { world in
            let paths = try await world.api.call(.GET, "/openapi.json").json["paths"]
            var paged = 0
            for route in Self.routes where route.method == .get && route.response?.hasSuffix("List") == true {
                let answer = try await world.call(route)
                guard answer.status == 200 else { continue }
                #expect(
                    answer.json.names.contains("items") && answer.json.names.contains("next_cursor"),
                    "\(route.operation)")
                let parameters = paths[route.path]["get"]["parameters"].items.compactMap { $0["name"].text }
                guard parameters.contains("limit") else {
                    #expect(answer.json["next_cursor"] == .null, "\(route.operation) has no pages")
                    continue
                }
                paged += 1
                let one = try await world.call(route, query: "?limit=1")
                #expect(one.status == 200 && one.json["items"].items.count <= 1, "\(route.operation)")
                if answer.json["items"].items.count > 1 {
                    let cursor = try #require(one.json["next_cursor"].text, "\(route.operation)")
                    #expect(one.header("link")?.contains("rel=\"next\"") == true, "\(route.operation)")
                    let next = try await world.call(route, query: "?limit=1&cursor=\(cursor)")
                    #expect(next.json["items"][0] == answer.json["items"][1], "\(route.operation)")
                }
                for wrong in ["limit=0", "limit=201", "limit=many"]
                    + (parameters.contains("cursor") ? ["cursor=forged"] : [])
                {
                    let refused = try await world.call(route, query: "?\(wrong)")
                    #expect(refused.status == 422, "\(route.operation) \(wrong): \(refused.status)")
                }
            }
            #expect(paged >= 12)
        }
    }

    @Test("8.3: whatever accepts an Idempotency-Key is done once, and answers the same again")
    func idempotency() async throws {
        try await Self.run { world in
            var replayed: Set<String> = []
            for route in Self.routes where route.idempotency != .ignored && route.access != .everybody {
                let headers = [("idempotency-key", "key-of-\(route.operation)-\(route.method)")]
                let first = try await world.call(route, headers: headers)
                guard (200..<300).contains(first.status) else {
                    #expect(first.header("idempotency-replayed") == nil, "\(route.operation)")
                    continue
                }
                let again = try await world.call(route, headers: headers)
                #expect(again.status == first.status, "\(route.operation)")
                #expect(again.header("idempotency-replayed") == "true", "\(route.operation)")
                #expect(again.header("location") == first.header("location"), "\(route.operation)")
                if route.shownOnce.isEmpty { #expect(again.bytes == first.bytes, "\(route.operation)") }
                replayed.insert(route.operation.rawValue)
            }
            #expect(replayed.count >= 12, "\(replayed.sorted())")
        }
    }

    @Test("8.30: every route refuses in the language that is asked for")
    func language() async throws {
        try await APIHarness.run { api in
            for route in Self.routes where route.access != .everybody {
                for (asked, told) in [("ru-RU,ru;q=0.9", "ru"), ("de, en;q=0.5", "en"), ("", "en")] {
                    let answer = try await api.call(
                        IsolationAPITests.method(route), route.path.replacing("{", with: "").replacing("}", with: ""),
                        headers: [("accept-language", asked)])
                    #expect(answer.status == 401 && answer.header("content-language") == told, "\(route.operation)")
                    let isRussian = answer.json["title"].text?.unicodeScalars.contains {
                        (0x400..<0x500).contains($0.value)
                    }
                    #expect(isRussian == (told == "ru"), "\(route.operation)")
                }
            }
        }
    }

    @Test("8.7: what is waited for is waited for at most as long as was asked, and no nonsense is")
    func waiting() async throws {
        try await Self.run { world in
            for route in Self.routes where [.getVersion, .getJob].contains(route.operation) {
                #expect(try await world.call(route, query: "?wait=10ms").status == 200, "\(route.operation)")
                #expect(try await world.call(route, query: "?wait=0").status == 200, "\(route.operation)")
                for wrong in ["-1", "soon", "1h"] {
                    let refused = try await world.call(route, query: "?wait=\(wrong)")
                    #expect(refused.status == 422 && refused.code == "validation-failed", "\(route.operation) \(wrong)")
                }
            }
        }
    }
}

extension RouteDeclaration {
    fileprivate var isDeletion: Bool { self.method == .delete }
}
