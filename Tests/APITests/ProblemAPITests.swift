import API
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Problems")
struct ProblemAPITests {
    @Test("IM-3: paths nobody knows are 404, methods nobody expects 405 with those that are")
    func router() async throws {
        try await APIHarness.run { api in
            for path in [
                "/", "/nothing", "/api/v1/developer", "/games/a/b/c", "/api/v1/developer/GAMES", "/storage/v2/x",
            ] {
                #expect(try await api.call(.GET, path).code == "not-found", "\(path)")
            }
            let games = try await api.call(.DELETE, "/games")
            #expect(games.status == 405 && games.code == "method-not-allowed")
            #expect(games.header("allow") == "POST, GET, HEAD")
            let version = try await api.call(.OPTIONS, "/games/\(UUID())/versions/\(UUID())")
            #expect(version.status == 405 && version.header("allow") == "GET, PUT, PATCH, DELETE, HEAD")
            #expect(try await api.call(.LOCK, "/livez").status == 405)
        }
    }

    static let badBodies: [(String, Int, String)] = [
        ("", 400, "malformed-json"), ("{", 400, "malformed-json"), ("{\"title\":NaN}", 400, "malformed-json"),
        ("{\"title\":1e400}", 400, "malformed-json"), ("{\"title\":\"\\ud800\"}", 400, "malformed-json"),
        ("{\"title\":\"a\",\"title\":\"b\"}", 400, "malformed-json"), ("[1]", 422, "validation-failed"),
        ("\"x\"", 422, "validation-failed"), ("null", 422, "validation-failed"),
        ("{\"title\":\"a\\u0000\"}", 422, "validation-failed"), ("{\"title\":{}}", 422, "validation-failed"),
        (String(repeating: "[", count: 10_000), 400, "malformed-json"),
        ("{\"title\":\"\(String(repeating: "x", count: 2 << 20))\"}", 413, "too-large"),
    ]

    @Test("SE-6, row 53: bodies that cannot be are refused, never with 500")
    func bodies() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            for (body, status, code) in Self.badBodies {
                let answer = try await api.call(
                    .POST, "/games", as: admin.caller, bytes: Array(body.utf8),
                    headers: [("content-type", "application/json")])
                #expect(answer.status == status && answer.code == code, "\(body.prefix(40))")
            }
            let invalid = try await api.call(
                .POST, "/games", as: admin.caller,
                bytes: Array("{\"title\":\"".utf8) + [0xff, 0xfe] + Array("\"}".utf8))
            #expect(invalid.status == 400)
            let form = try await api.call(
                .POST, "/games", as: admin.caller, bytes: Array("title=a".utf8),
                headers: [("content-type", "application/x-www-form-urlencoded")])
            #expect(form.status == 415)
            let patch = try await api.call(
                .POST, "/games", as: admin.caller, bytes: Array("{\"title\":\"a\"}".utf8),
                headers: [("content-type", "application/merge-patch+json; charset=utf-8")])
            #expect(patch.status == 201)
        }
    }

    @Test("a request has a name and a place in its trace, its own when it brings none that can be used")
    func identity() async throws {
        try await APIHarness.run { api in
            let named = try await api.call(
                .GET, "/games",
                headers: [
                    ("x-request-id", "ci-42.a_b"),
                    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                ])
            #expect(named.json["request_id"].text == "ci-42.a_b" && named.header("x-request-id") == "ci-42.a_b")
            let trace = try #require(named.header("traceparent"))
            #expect(trace.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-") && trace.hasSuffix("-01"))
            #expect(!trace.contains("00f067aa0ba902b7"))
            for bad in ["a b", "x\"y", String(repeating: "a", count: 129), ""] {
                let answer = try await api.call(.GET, "/livez", headers: [("x-request-id", bad), ("traceparent", bad)])
                #expect(UUID(uuidString: answer.header("x-request-id") ?? "") != nil)
                #expect(answer.header("traceparent")?.count == 55)
            }
            #expect(named.header("x-content-type-options") == "nosniff")
        }
    }

    @Test("IM-4: the log says who did what, and no secret")
    func log() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            guard case .token(let token) = admin.caller else { return }
            let made = try await api.call(.POST, "/apikeys", as: admin.caller, json: ["permissions": ["games:read"]])
            let key = try #require(made.json["api_key"].text)
            _ = try await api.call(.GET, "/games", as: .key(key))
            _ = try await api.call(.GET, "/games", as: .token(token + "x"))
            let (_, version) = try await api.version(of: try await api.game(of: admin), by: admin, size: 3)
            let url = try #require(version["upload"]["url"].text)
            _ = try await api.call(.PUT, url, bytes: [1, 2, 3])
            _ = try await api.call(.PUT, url + "0", bytes: [1, 2, 3])
            let text = api.log.text
            #expect(text.contains("user:\(admin.user)") && text.contains("key:\(made.json["key_id"].text ?? "-")"))
            #expect(
                text.contains("/storage/v1/**") && text.contains("signature-invalid") && text.contains("problem.cause=")
            )
            #expect(text.contains("developer.id=\(admin.developer)") && text.contains("http.status=201"))
            for secret in [token, String(token.suffix(40)), key, String(key.suffix(49)), "signature=", "gsd_live_"] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test("without the database the API says when to come back, lives on, and is not ready")
    func dependency() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            await api.database.close()
            for path in ["/games", "/accounts", "/jobs", "/apikeys", "/games/\(UUID())/versions"] {
                let answer = try await api.call(.GET, path, as: admin.caller)
                #expect(answer.status == 503 && answer.code == "dependency-unavailable", "\(path)")
            }
            #expect(try await api.call(.GET, "/livez").status == 200)
            let ready = try await api.call(.GET, "/readyz")
            #expect(ready.status == 503)
            #expect(ready.json["checks"] == [["name": "database", "status": "unavailable"]])
        }
    }
}
