import API
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

/// What nobody in good faith sends: rows 54 to 64 of the list of bad input that have no test elsewhere.
@Suite("Bad input")
struct BadInputAPITests {
    @Test("row 55: members that are not the caller's to set change nothing: company, status, verdict, hash, dates")
    func massAssignment() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company(), stranger = try await api.company("B")
            let foreign = JSONValue.string(stranger.developer.description)
            let made = try await api.call(
                .POST, "/games", as: admin.caller,
                json: [
                    "title": "A", "developer_id": foreign, "status": "published", "game_id": .string(UUID().uuidString),
                    "published_at": "2020-01-01T00:00:00Z", "revision": 99,
                ])
            #expect(made.status == 201 && made.json["status"].text == "draft")
            #expect(made.json["developer_id"].text == admin.developer.description && made.json["published_at"] == .null)
            let game = try #require(made.json["game_id"].text)
            let (path, version) = try await api.version(
                of: game, by: admin, size: 4,
                [
                    "status": "ready", "review_status": "approved", "s3_path": "manifests/evil", "attempt": 7,
                    "manifest_digest": "00", "provenance": ["issuer": "me", "repository": "x"], "developer_id": foreign,
                ])
            #expect(version["status"].text == "uploading" && version["review_status"].text == "not_submitted")
            #expect(version["attempt"].number == 1 && version["provenance"] == .null)
            #expect(version["s3_path"].text?.contains("evil") == false)
            let moved = try await api.call(
                .PUT, path, as: admin.caller, json: ["review_status": "live", "file_hash": "0", "changelog": "x"])
            #expect(moved.status == 200 && moved.json["review_status"].text == "not_submitted")
            let ready = try await api.call(.PUT, path, as: admin.caller, json: ["status": "ready"])
            #expect(ready.status == 409 && ready.json["current"].text == "uploading")
            let account = try await api.call(
                .PUT, "/accounts/me", as: admin.caller,
                json: ["verification_status": "verified", "developer_id": foreign, "suspended_at": .null])
            #expect(account.json["verification_status"].text == "pending")
            #expect(account.json["developer_id"].text == admin.developer.description)
            let key = try await api.call(
                .POST, "/apikeys", as: admin.caller,
                json: ["permissions": [], "key_prefix": "AAAAAAAA", "is_active": false, "developer_id": foreign])
            #expect(key.json["is_active"] == true && key.json["key_prefix"].text != "AAAAAAAA")
            #expect(try await api.call(.GET, "/apikeys", as: stranger.caller).json["items"] == [])
        }
    }

    @Test("row 56: keys that are wrong, changed by a digit, revoked, or put into an address open nothing")
    func keys() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let made = try await api.call(.POST, "/apikeys", as: admin.caller, json: ["permissions": ["games:read"]])
            let key = try #require(made.json["api_key"].text)
            var changed = Array(key)
            changed[20] = changed[20] == "a" ? "b" : "a"
            for wrong in [String(changed), key.uppercased(), String(key.dropLast()), key + "0", "gsd_live_", " "] {
                #expect(try await api.call(.GET, "/games", as: .key(wrong)).status == 401, "\(wrong.count)")
            }
            for query in ["api_key=\(key)", "x-api-key=\(key)", "token=\(key)", "access_token=\(key)"] {
                #expect(try await api.call(.GET, "/games?\(query)").status == 401)
            }
            #expect(try await api.call(.GET, "/games", as: .key(key)).status == 200)
            #expect(!api.log.text.contains(String(key.suffix(49))))
        }
    }

    static let names = [
        "a\r\nX-Evil: 1.png", "=cmd|' /C calc'!A0.png", "\u{1b}[31mred.png", "..\\..\\a.png", "../../etc/passwd.png",
        "a\u{202e}gnp.exe.png", "a\u{0}.png",
    ]

    @Test("row 59: a file's name never becomes a header, a formula, a path or a colour", arguments: names)
    func fileNames(name: String) async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let media = try await api.call(
                .POST, "/games/\(game)/media", as: admin.caller,
                json: ["kind": "art", "file_name": .string(name), "file_size": 100])
            let document = try await api.call(
                .POST, "/accounts/me/documents", as: admin.caller,
                json: [
                    "kind": "tax", "file_name": .string(name), "content_type": "application/pdf", "file_size": 4,
                ])
            for answer in [media, document] {
                #expect(answer.status == 201 || answer.status == 422, "\(answer.status)")
                #expect(answer.header("x-evil") == nil)
                guard answer.status == 201 else { continue }
                // What was taken stands in JSON only, and addresses are made of identifiers.
                let url = answer.json["upload"]["url"].text ?? ""
                #expect(!url.contains("..") && !url.contains("cmd") && !url.contains("\u{1b}"))
            }
            #expect(!api.log.text.contains("\u{1b}") && !api.log.text.contains("\r"))
        }
    }

    static let queries = [
        "/games?q=%27%3B%20DROP%20TABLE%20games%3B--", "/games?q=%25_%5C%5C", "/games?q=.*(a%2B)%2B%24",
        "/games?sort=secret", "/games?status=published%27%20OR%201%3D1", "/games?limit=9223372036854775808",
        "/games?limit=-1", "/games?limit=1e9", "/games?cursor=AAAA", "/games?cursor=%00", "/games?q=%FF%FE",
        "/games?%00=1", "/audit?action=a%27--", "/audit?from=0000-00-00T00:00:00Z", "/jobs?state=%27",
        "/finance/transactions?since_seq=9223372036854775808", "/finance/transactions?from=99999-01-01",
        "/analytics/summary?from=0001-01-01&to=9999-12-31", "/events?after=18446744073709551616",
        "/notifications?cursor=%2e%2e%2f", "/finance/payouts?cursor=eyJhIjoxfQ",
    ]

    @Test("row 60: no filter, page or cursor is SQL, a pattern or a number too large: never 500", arguments: queries)
    func filters(query: String) async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            _ = try await api.game(of: admin, title: "100% _fun_ \\ (a+)+")
            let answer = try await api.call(.GET, query, as: admin.caller)
            #expect(answer.status == 200 || (400..<500).contains(answer.status), "\(answer.status)")
            #expect(try await api.database.rows("SELECT 1 FROM games").count == 1)
            if query.contains("%25_") { #expect(answer.json["items"] == []) }
        }
    }

    @Test("row 60: a pattern's signs are searched for as they are")
    func literalSearch() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            for title in ["100% fun", "1000 fun", "a_b", "acb"] { _ = try await api.game(of: admin, title: title) }
            for (query, expected) in [("100%25", ["100% fun"]), ("a_b", ["a_b"]), ("%5C", [])] {
                let found = try await api.call(.GET, "/games?q=\(query)", as: admin.caller)
                #expect(found.json["items"].items.compactMap { $0["title"].text } == expected, "\(query)")
            }
        }
    }

    @Test("UI-2, row 63: a cookie is no credential, so that no other site can act for anybody; no page is framed")
    func ambientAuthority() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            guard case .token(let token) = admin.caller else { return }
            for cookie in ["token=\(token)", "Authorization=Bearer \(token)", "session=\(token)"] {
                let answer = try await api.call(
                    .POST, "/games", json: ["title": "A"],
                    headers: [("cookie", cookie), ("origin", "https://evil.example")])
                #expect(answer.status == 401)
            }
            let form = try await api.call(
                .POST, "/games", as: admin.caller, bytes: Array("title=A".utf8),
                headers: [("content-type", "text/plain"), ("origin", "https://evil.example")])
            #expect(form.status == 415)
            let options = try await api.call(.OPTIONS, "/games", headers: [("origin", "https://evil.example")])
            #expect(options.header("access-control-allow-origin") == nil)
            let page = try await api.call(.GET, "/docs")
            #expect(page.header("content-security-policy")?.contains("frame-ancestors 'none'") == true)
            let list = try await api.call(.GET, "/games", as: admin.caller)
            #expect(list.header("set-cookie") == nil && list.header("x-content-type-options") == "nosniff")
        }
    }

    @Test("row 64: a decision is of one review: replayed it changes nothing, and no other version profits from it")
    func replayedApproval() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let version = try await api.readyVersion(of: game, by: admin, "1.0")
            let path = "/games/\(game)/versions/\(version)"
            let first = try await api.call(.POST, "\(path)/submit", as: admin.caller)
            let review = first.json["review"]["review_id"].text ?? ""
            let decide = "/internal/v1/reviews/\(review)/decision"
            let moderator = try api.service(.reviewsDecide)
            // Who submits does not decide, by whatever road.
            #expect(try await api.call(.POST, decide, as: admin.caller, json: ["decision": "approved"]).status == 403)
            _ = try await api.call(.POST, "\(path)/withdraw", as: admin.caller)
            let second = try await api.call(.POST, "\(path)/submit", as: admin.caller)
            #expect(second.json["review"]["review_id"].text != review)
            // An approval of the first submission, replayed, is not one of the second.
            let late = try await api.call(.POST, decide, as: moderator, json: ["decision": "approved"])
            #expect(late.status == 409 && late.json["current"].text == "withdrawn")
            #expect(try await api.reviewStatus(of: version, in: game, by: admin) == "in_review")
            // An approved version's bytes cannot be exchanged afterwards.
            try await api.database.execute("UPDATE reviews SET state = 'withdrawn', closed_at = now()")
            try await api.database.execute("UPDATE game_versions SET review_status = 'approved'")
            let again = try await api.call(
                .POST, "/games/\(game)/versions", as: admin.caller, json: ["version_string": "1.0", "file_size": 4])
            #expect(again.status == 409 && again.code == "version-exists")
            #expect(try await api.call(.POST, "\(path)/retry", as: admin.caller).status == 409)
            #expect(try await api.call(.PUT, "\(path)/upload/parts/1", as: admin.caller, bytes: [1]).status == 409)
        }
    }

    @Test("SE-3: where clients come by HTTPS they are told to come by nothing else")
    func strictTransport() async throws {
        try await APIHarness.run { api in
            let plain = try await api.call(.GET, "/livez")
            #expect(plain.header("strict-transport-security") == nil)
        }
        try await APIHarness.run {
            $0.publicURL = "https://api.example.com"
        } _: { api in
            let header = try await api.call(.GET, "/games").header("strict-transport-security")
            #expect(header?.hasPrefix("max-age=") == true)
        }
    }
}
