import API
import Access
import Content
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Where builds come from")
struct ProvenanceAPITests {
    @Test("B7: a build that a CI job committed says which repository, commit and run it is of; any other says nothing")
    func provenance() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            _ = try await api.call(
                .POST, "/oidc/trusts", as: admin.caller,
                json: [
                    "name": "main", "issuer": "test", "repository": "studio/game", "permissions": ["builds:write"],
                ])
            let now = Int64(Date().timeIntervalSince1970)
            let token = try api.issuer.sign(
                [
                    "iss": "test", "aud": "slipway-ci", "sub": "repo:studio/game:ref:refs/heads/main",
                    "repository": "studio/game", "ref": "refs/heads/main", "sha": "0123abc", "run_id": "42",
                    "run_attempt": 2, "workflow_ref": "studio/game/.github/workflows/release.yml@refs/heads/main",
                    "actor": "anna", "iat": .integer(now), "exp": .integer(now + 300),
                ], type: "JWT")
            let given = try await api.call(.POST, "/oidc/exchange", json: ["token": .string(token)])
            let key = Caller.key(try #require(given.json["access_token"].text))
            let ci = Member(developer: admin.developer, user: admin.user, caller: key)
            func upload(_ name: String, by member: Member) async throws -> JSONValue {
                let (path, version) = try await api.version(of: game, by: member, name, size: 3)
                #expect(version["provenance"] == .null)
                _ = try await api.call(.PUT, "\(path)/upload/parts/1", as: member.caller, bytes: [1, 2, 3])
                let done = try await api.call(.POST, "\(path)/upload/complete", as: member.caller)
                #expect(done.status == 202, "\(done.json)")
                return try await api.call(.GET, path, as: admin.caller).json
            }
            let made = try await upload("1.0", by: ci)["provenance"]
            #expect(made["issuer"].text == "test" && made["repository"].text == "studio/game")
            #expect(made["ref"].text == "refs/heads/main" && made["commit"].text == "0123abc")
            #expect(made["run_id"].text == "42" && made["run_attempt"].text == "2" && made["actor"].text == "anna")
            #expect(made["workflow"].text?.hasSuffix("release.yml@refs/heads/main") == true)
            #expect(try await upload("1.1", by: admin)["provenance"] == .null)
            let record = try await api.call(.GET, "/audit?action=version.uploaded", as: admin.caller).json["items"]
            #expect(record[1]["after"]["provenance"]["commit"].text == "0123abc")

            // What a CI job vouched for is not vouched for again by whoever uploads anew.
            try await api.database.execute("UPDATE game_versions SET status = 'failed' WHERE version_string = '1.0'")
            let (path, again) = try await api.version(of: game, by: admin, "1.0", size: 3)
            #expect(again["provenance"] == .null && again["attempt"].number == 2 && path.contains("versions"))
        }
    }

    @Test("B7: claims of GitLab are read, too; without a repository there is no provenance")
    func claims() {
        let gitlab = BuildProvenance(
            claims: JSONObject([
                ("iss", "https://gitlab.example"), ("project_path", "studio/game"), ("ref_path", "refs/tags/v1"),
                ("ref", "v1"), ("sha", "abc"), ("pipeline_id", "7"), ("job_id", "70"), ("user_login", "ivan"),
                ("environment", "production"),
            ]))
        #expect(gitlab?.ref == "refs/tags/v1" && gitlab?.run == "7" && gitlab?.runAttempt == "70")
        #expect(gitlab?.actor == "ivan" && gitlab?.environment == "production" && gitlab?.workflow == nil)
        #expect(BuildProvenance(claims: JSONObject([("iss", "x"), ("sub", "y")])) == nil)
        let long = BuildProvenance(
            claims: JSONObject([("iss", "x"), ("repository", .string(String(repeating: "r", count: 9000)))]))
        #expect(long?.repository.count == 500)
    }
}
