import API
import Access
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("What keys are for, over HTTP")
struct KeyCareAPITests {
    private func key(
        _ api: APIHarness, of admin: Member, _ body: JSONValue
    ) async throws -> (id: String, caller: Caller) {
        let made = try await api.call(.POST, "/apikeys", as: admin.caller, json: body)
        #expect(made.status == 201, "\(made.json)")
        return (try #require(made.json["key_id"].text), .key(try #require(made.json["api_key"].text)))
    }

    @Test("SD-3: a key for one game works there and nowhere else")
    func games() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let mine = try await api.game(of: admin, title: "Mine"),
                other = try await api.game(of: admin, title: "Other")
            let (id, key) = try await self.key(
                api, of: admin,
                ["permissions": ["games:read", "builds:write", "builds:status"], "game_ids": [.string(mine)]])
            #expect(try await api.call(.GET, "/games/\(mine)", as: key).status == 200)
            #expect(try await api.call(.GET, "/games/\(other)", as: key).code == "not-found")
            #expect(try await api.call(.GET, "/games/\(other)/versions", as: key).status == 404)
            let list = try await api.call(.GET, "/games", as: key)
            #expect(list.json["items"].items.map { $0["title"].text } == ["Mine"])
            let body: JSONValue = ["version_string": "1", "file_size": 4]
            #expect(try await api.call(.POST, "/games/\(other)/versions", as: key, json: body).status == 404)
            let made = try await api.call(.POST, "/games/\(mine)/versions", as: key, json: body)
            #expect(made.status == 201)
            let jobs = try await api.call(.GET, "/jobs", as: key)
            #expect(jobs.status == 403 && jobs.code == "key-restricted")
            let seen = try await api.call(.GET, "/apikeys/\(id)", as: admin.caller)
            #expect(seen.json["game_ids"] == [.string(mine)] && seen.json["api_key"] == .null)
            let stranger = try await api.company("B")
            let foreign = try await api.call(
                .POST, "/apikeys", as: stranger.caller, json: ["permissions": [], "game_ids": [.string(mine)]])
            #expect(foreign.status == 422 && foreign.json["errors"][0]["pointer"].text == "/game_ids")
        }
    }

    @Test("8.16: a key for some networks is refused from elsewhere")
    func networks() async throws {
        try await APIHarness.run {
            $0.conventions.trustedProxies = [IPNetwork("127.0.0.0/8")].compactMap(\.self)
        } _: { api in
            let admin = try await api.company()
            let (_, key) = try await self.key(
                api, of: admin, ["permissions": ["games:read"], "networks": ["198.51.100.0/24", "2001:db8::/32"]])
            func status(from address: String) async throws -> Int {
                try await api.call(.GET, "/games", as: key, headers: [("x-forwarded-for", address)]).status
            }
            #expect(try await status(from: "198.51.100.9") == 200)
            #expect(try await status(from: "2001:db8::1") == 200)
            #expect(try await status(from: "203.0.113.9") == 403)
            let bad = try await api.call(
                .POST, "/apikeys", as: admin.caller, json: ["permissions": [], "networks": ["10.0.0.1/8"]])
            #expect(bad.status == 422 && bad.json["errors"][0]["pointer"].text == "/networks/0")
        }
    }

    @Test("6.10: a rotated key works beside the new one for a while, and is rotated once")
    func rotation() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let (id, old) = try await self.key(api, of: admin, ["name": "ci", "permissions": ["games:read"]])
            let rotated = try await api.call(
                .POST, "/apikeys/\(id)/rotate", as: admin.caller, json: ["overlap_seconds": 3600])
            #expect(rotated.status == 201 && rotated.json["permissions"] == ["games:read"])
            let new = Caller.key(try #require(rotated.json["api_key"].text))
            #expect(try await api.call(.GET, "/games", as: old).status == 200)
            #expect(try await api.call(.GET, "/games", as: new).status == 200)
            let seen = try await api.call(.GET, "/apikeys/\(id)", as: admin.caller)
            #expect(seen.json["replaced_by"] == rotated.json["key_id"] && seen.json["expires_at"] != .null)
            let twice = try await api.call(.POST, "/apikeys/\(id)/rotate", as: admin.caller)
            #expect(twice.status == 409 && twice.json["current"].text == "rotated")
            let next = try #require(rotated.json["key_id"].text)
            let atOnce = try await api.call(
                .POST, "/apikeys/\(next)/rotate", as: admin.caller, json: ["overlap_seconds": 0])
            #expect(atOnce.status == 201)
            #expect(try await api.call(.GET, "/games", as: new).status == 401)
            let bad = try await api.call(
                .POST, "/apikeys/\(next)/rotate", as: admin.caller, json: ["overlap_seconds": 99_999_999])
            #expect(bad.status == 422)
            let audit = try await api.call(.GET, "/audit?action=apikey", as: admin.caller).json["items"].items
            #expect(audit.compactMap { $0["action"].text } == ["apikey.rotated", "apikey.rotated", "apikey.created"])
        }
    }

    /// A token as a CI system gives it to a job.
    private func ciToken(_ api: APIHarness, _ changes: JSONValue = [:]) throws -> JSONValue {
        let now = Int64(Date().timeIntervalSince1970)
        var claims = JSONObject([
            ("iss", "test"), ("aud", "slipway-ci"), ("sub", "repo:studio/game:ref:refs/heads/main"),
            ("repository", "studio/game"), ("ref", "refs/heads/main"), ("environment", "release"),
            ("iat", .integer(now)),
            ("exp", .integer(now + 300)),
        ])
        for (name, value) in changes.object?.members ?? [] { claims[name] = value == .null ? nil : value }
        return .string(try api.issuer.sign(.object(claims), type: "JWT"))
    }

    @Test("B7: a CI job gets a key of 15 minutes for the game its repository is trusted with, and no other job does")
    func exchange() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin), other = try await api.game(of: admin, title: "Other")
            let trust = try await api.call(
                .POST, "/oidc/trusts", as: admin.caller,
                json: [
                    "name": "main", "issuer": "test", "repository": "studio/game", "ref": "refs/heads/*",
                    "environment": "release", "game_ids": [.string(game)],
                    "permissions": ["builds:write", "games:read"],
                ])
            #expect(trust.status == 201, "\(trust.json)")
            let given = try await api.call(.POST, "/oidc/exchange", json: ["token": try self.ciToken(api)])
            #expect(given.status == 201 && given.json["expires_in"].number == 900)
            #expect(given.json["developer_id"].text == admin.developer.description)
            let key = Caller.key(try #require(given.json["access_token"].text))
            #expect(try await api.call(.GET, "/games/\(game)", as: key).status == 200)
            #expect(try await api.call(.GET, "/games/\(other)", as: key).status == 404)
            #expect(try await api.call(.POST, "/games", as: key, json: ["title": "A"]).code == "scope-missing")
            // It is nobody's key to list, and nobody sees it again.
            #expect(try await api.call(.GET, "/apikeys", as: admin.caller).json["items"] == [])

            let refused: [(JSONValue, Int, String)] = [
                (["repository": "evil/game"], 403, "trust-missing"), (["ref": "refs/tags/v1"], 403, "trust-missing"),
                (["environment": "test"], 403, "trust-missing"), (["environment": .null], 403, "trust-missing"),
                (["iss": "https://evil.example"], 401, "unauthenticated"), (["aud": "slipway"], 401, "unauthenticated"),
                (["exp": 1_700_000_000], 401, "token-expired"), (["repository": .null], 403, "trust-missing"),
            ]
            for (changes, status, code) in refused {
                let answer = try await api.call(
                    .POST, "/oidc/exchange", json: ["token": try self.ciToken(api, changes)])
                #expect(answer.status == status && answer.code == code, "\(changes)")
            }
            #expect(try await api.call(.POST, "/oidc/exchange", json: ["token": "a.b.c"]).status == 401)

            // Two companies that trust one repository: the job says whom it means.
            let second = try await api.company("B")
            let theirs = try await api.call(
                .POST, "/oidc/trusts", as: second.caller,
                json: ["name": "b", "issuer": "test", "repository": "studio/game", "permissions": ["games:read"]])
            let open = try await api.call(.POST, "/oidc/exchange", json: ["token": try self.ciToken(api)])
            #expect(open.status == 409 && open.code == "trust-ambiguous")
            let chosen = try await api.call(
                .POST, "/oidc/exchange",
                json: ["token": try self.ciToken(api), "trust_id": theirs.json["trust_id"]])
            #expect(chosen.json["developer_id"].text == second.developer.description)

            // The end of a trust is the end of its keys.
            let id = try #require(trust.json["trust_id"].text)
            #expect(try await api.call(.DELETE, "/oidc/trusts/\(id)", as: second.caller).status == 404)
            #expect(try await api.call(.DELETE, "/oidc/trusts/\(id)", as: admin.caller).status == 204)
            #expect(try await api.call(.GET, "/games/\(game)", as: key).status == 401)
        }
    }

    @Test("a trust is for issuers the platform knows, and for rights keys may have")
    func trustValidation() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let bad: [(JSONValue, String)] = [
                (["name": "a", "issuer": "https://evil.example", "repository": "a/b", "permissions": []], "/issuer"),
                (
                    ["name": "a", "issuer": "test", "repository": "a/b", "permissions": ["team:write"]],
                    "/permissions/0"
                ),
                (["name": "a", "issuer": "test", "repository": "a/b", "ref": "*", "permissions": []], "/ref"),
                (["name": "a", "issuer": "test", "permissions": []], "/repository"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.POST, "/oidc/trusts", as: admin.caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
        }
    }
}
