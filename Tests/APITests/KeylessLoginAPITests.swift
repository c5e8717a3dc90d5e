import API
import Access
import AsyncHTTPClient
import Client
import Content
import FoundationEssentials
import NIOHTTP1
import Storefront
import TestKit
import Testing

@Suite("Logging in without a key, from end to end")
struct KeylessLoginAPITests {
    /// A CI that vouches for its jobs, with keys of its own at an address of its own, and the real API that trusts it.
    private static func run(_ body: @Sendable (APIHarness, HTTPStub, String) async throws -> Void) async throws {
        try await HTTPStub.run({ _ in .init(status: 404, "{}") }) { ci, stub in
            try await APIHarness.run { services in
                services.trusts = OIDCTrusts(
                    database: services.database, keys: services.access.keys,
                    issuers: ["test": .url("\(ci)/jwks", client: .shared, timeout: .seconds(5))],
                    audience: "slipway-ci")
            } _: { api in
                try await body(api, stub, ci)
            }
        }
    }

    private static func token(_ api: APIHarness, repository: String = "studio/game") throws -> String {
        let now = Int64(Date().timeIntervalSince1970)
        return try api.issuer.sign(
            [
                "iss": "test", "aud": "slipway-ci", "sub": "repo:studio/game:ref:refs/heads/main",
                "repository": .string(repository), "ref": "refs/heads/main", "iat": .integer(now),
                "exp": .integer(now + 300),
            ], type: "JWT")
    }

    /// Has the CI answer: its keys, and a token for whoever shows the runner's secret.
    private static func vouch(_ stub: HTTPStub, _ token: String, keys: [UInt8]) {
        stub.script { call in
            if call.target == "/jwks" { return .init(String(decoding: keys, as: UTF8.self)) }
            guard call.headers["authorization"] == "Bearer runner" else { return .init(status: 401, "{}") }
            return .init(#"{"value":"\#(token)"}"#)
        }
    }

    @Test("B7: the client asks the CI for a token, the API checks it by the CI's own keys, and lends a key that works")
    func login() async throws {
        try await Self.run { api, stub, ci in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let trust = try await api.call(
                .POST, "/oidc/trusts", as: admin.caller,
                json: [
                    "name": "main", "issuer": "test", "repository": "studio/game", "game_ids": [.string(game)],
                    "permissions": ["games:read"],
                ])
            #expect(trust.status == 201, "\(trust.json)")
            Self.vouch(stub, try Self.token(api), keys: api.issuer.keySet)
            let server = try #require(WebAddress(api.address("")))
            let login = try #require(
                KeylessLogin(environment: [
                    "ACTIONS_ID_TOKEN_REQUEST_URL": "\(ci)/token?v=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
                ]))
            let lent = try await login.credentials(at: server, progress: NoProgress())
            #expect(lent.developer == admin.developer.description)
            #expect(try await api.call(.GET, "/games/\(game)", as: .key(lent.token)).status == 200)
            let asked = stub.calls.first { $0.target.hasPrefix("/token") }
            #expect(asked?.query["audience"]?.contains("127.0.0.1") == true, "the token is made for this service alone")
            #expect(stub.calls.contains { $0.target == "/jwks" && $0.headers["authorization"] == nil })

            // The same with a token that the CI put into the environment, and the trust by its name.
            let given = try #require(
                KeylessLogin(environment: [
                    "SLIPWAY_OIDC_TOKEN": try Self.token(api),
                    "SLIPWAY_OIDC_TRUST_ID": trust.json["trust_id"].text ?? "",
                ]))
            let again = try await given.credentials(at: server, progress: NoProgress())
            #expect(again.token != lent.token)
            #expect(try await api.call(.GET, "/games/\(game)", as: .key(again.token)).status == 200)
        }
    }

    @Test("B7: a job nobody trusts, and a CI whose keys are not those of the token, lend nothing")
    func refused() async throws {
        try await Self.run { api, stub, _ in
            let admin = try await api.company()
            _ = try await api.call(
                .POST, "/oidc/trusts", as: admin.caller,
                json: ["name": "main", "issuer": "test", "repository": "studio/game", "permissions": ["games:read"]])
            let server = try #require(WebAddress(api.address("")))
            func attempt(_ token: String) async throws {
                let login = try #require(KeylessLogin(environment: ["SLIPWAY_OIDC_TOKEN": token]))
                await #expect(throws: ClientError.self) {
                    _ = try await login.credentials(at: server, progress: NoProgress())
                }
            }
            // No keys can be had yet.
            try await attempt(try Self.token(api))
            Self.vouch(stub, "", keys: api.issuer.keySet)
            try await Task.sleep(for: .seconds(2))
            try await attempt(try Self.token(api, repository: "evil/game"))
            try await attempt("a.b.c")
        }
    }
}
