import API
import Accounts
import Content
import FoundationEssentials
import NIOHTTP1
import Platform
import Postgres
import Storefront
import Testing

@Suite("Teams over HTTP")
struct TeamAPITests {
    static let tokens = InvitationTokens(secret: [UInt8](repeating: 5, count: 32))

    private func verified(_ api: APIHarness) async throws -> Member {
        let admin = try await api.company()
        _ = try await api.services.accounts.decide(.verify, reason: nil, on: admin.developer)
        return admin
    }

    private func invite(
        _ api: APIHarness, by admin: Member, email: String = "anna@example.com", role: String = "marketing"
    ) async throws -> (id: InvitationID, answer: Answer) {
        let answer = try await api.call(
            .POST, "/accounts/me/team", as: admin.caller, json: ["email": .string(email), "role": .string(role)])
        #expect(answer.status == 201, "\(answer.json)")
        return (try #require(answer.json["invitation_id"].text.flatMap { InvitationID($0) }), answer)
    }

    @Test("EP-05, TM-1, TM-4: an invited person joins once, by a token that is in no table and no answer")
    func accept() async throws {
        try await APIHarness.run { api in
            let admin = try await self.verified(api)
            let (id, answer) = try await self.invite(api, by: admin)
            #expect(answer.json["status"].text == "pending" && answer.json["role"].text == "marketing")
            let token = Self.tokens.token(of: id, sending: 1)
            #expect(!String(decoding: answer.bytes, as: UTF8.self).contains(token))
            for table in ["team_invitations", "outbox", "audit_log"] {
                let rows = try await api.database.rows("SELECT x::text AS row FROM \(identifier: table) AS x")
                #expect(!rows.isEmpty)
                for row in rows { #expect(try !(row("row") as String).contains(token), "\(table)") }
            }
            let sent = try await api.database.rows("SELECT type, data::text FROM outbox")
            #expect(try sent.map { try $0("type") as String } == ["team.invitation_sent"])

            let (user, person) = try api.person()
            let joined = try await api.call(.POST, "/invitations/\(token)/accept", as: person)
            #expect(joined.status == 200 && joined.json["role"].text == "marketing")
            #expect(joined.json["developer_id"].text == admin.developer.description)
            // The same person again learns the same; anybody else is too late.
            #expect(try await api.call(.POST, "/invitations/\(token)/accept", as: person).json == joined.json)
            let other = try await api.call(.POST, "/invitations/\(token)/accept", as: try api.person().caller)
            #expect(other.status == 409 && other.code == "invalid-transition")
            let team = try await api.call(.GET, "/accounts/me/team", as: person)
            #expect(team.json["items"].items.map { $0["user_id"].text }.contains(user.description))
            let listed = try await api.call(.GET, "/accounts/me/team/invitations", as: admin.caller)
            #expect(listed.json["items"][0]["status"].text == "accepted")
            #expect(listed.json["items"][0]["accepted_by"].text == user.description)
            let actions = try await api.call(.GET, "/audit?action=team", as: admin.caller).json["items"].items
            #expect(actions.compactMap { $0["action"].text } == ["team.invitation_accepted", "team.invited"])
        }
    }

    @Test("TM-3: only an administrator of a verified company invites")
    func gates() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let body: JSONValue = ["email": "a@example.com", "role": "developer"]
            let pending = try await api.call(.POST, "/accounts/me/team", as: admin.caller, json: body)
            #expect(pending.status == 403 && pending.code == "company-not-verified")
            _ = try await api.services.accounts.decide(.verify, reason: nil, on: admin.developer)
            for role in [Role.developer, .marketing, .finance] {
                let member = try await api.member(role, of: admin.developer)
                #expect(try await api.call(.POST, "/accounts/me/team", as: member.caller, json: body).status == 403)
            }
            let bad: [(JSONValue, String)] = [
                (["email": "a@example.com", "role": "owner"], "/role"), (["email": "a@example.com"], "/role"),
                (["email": "a", "role": "admin"], "/email"), (["role": "admin"], "/email"),
            ]
            for (body, pointer) in bad {
                let answer = try await api.call(.POST, "/accounts/me/team", as: admin.caller, json: body)
                #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].text == pointer, "\(body)")
            }
            _ = try await self.invite(api, by: admin)
            let twice = try await api.call(
                .POST, "/accounts/me/team", as: admin.caller, json: ["email": "ANNA@example.com", "role": "admin"])
            #expect(twice.status == 409 && twice.code == "already-invited")
        }
    }

    @Test("TM-1: a token ends with its revocation, its time, the next sending, and its refusal")
    func endings() async throws {
        try await APIHarness.run { api in
            let admin = try await self.verified(api)
            let (_, person) = try api.person()
            func answer(_ token: String, _ verb: String = "accept") async throws -> Answer {
                try await api.call(.POST, "/invitations/\(token)/\(verb)", as: person)
            }
            let (revoked, _) = try await self.invite(api, by: admin, email: "a@example.com")
            let path = "/accounts/me/team/invitations/\(revoked)"
            for _ in 0..<2 { #expect(try await api.call(.DELETE, path, as: admin.caller).status == 204) }
            #expect(try await answer(Self.tokens.token(of: revoked, sending: 1)).status == 409)

            let (again, _) = try await self.invite(api, by: admin, email: "b@example.com")
            let resent = try await api.call(
                .POST, "/accounts/me/team/invitations/\(again)/resend", as: admin.caller)
            #expect(resent.status == 200 && resent.json["sent_count"].number == 2)
            #expect(try await answer(Self.tokens.token(of: again, sending: 1)).status == 404)
            let declined = Self.tokens.token(of: again, sending: 2)
            for _ in 0..<2 { #expect(try await answer(declined, "decline").status == 204) }
            #expect(try await answer(declined).status == 409)

            let (late, _) = try await self.invite(api, by: admin, email: "c@example.com")
            try await api.database.execute(
                "UPDATE team_invitations SET expires_at = now() - interval '1 second' WHERE invitation_id = \(late)")
            let expired = try await answer(Self.tokens.token(of: late, sending: 1))
            #expect(expired.status == 410 && expired.code == "invitation-expired")
            #expect(
                try await api.call(
                    .POST, "/accounts/me/team/invitations/\(late)/resend", as: admin.caller
                ).status == 409)
            // Its address may be invited anew.
            _ = try await self.invite(api, by: admin, email: "c@example.com")
            for bad in ["x", String(repeating: "0", count: 64), Self.tokens.token(of: late, sending: 9)] {
                #expect(try await answer(bad).status == 404)
            }
        }
    }

    @Test("whoever is in the company already does not join it twice, and the invitation stays")
    func member() async throws {
        try await APIHarness.run { api in
            let admin = try await self.verified(api)
            let member = try await api.member(.finance, of: admin.developer)
            let (id, _) = try await self.invite(api, by: admin)
            let token = Self.tokens.token(of: id, sending: 1)
            let refused = try await api.call(.POST, "/invitations/\(token)/accept", as: member.caller)
            #expect(refused.status == 409 && refused.code == "already-member")
            #expect(
                try await api.call(.POST, "/invitations/\(token)/accept", as: try api.person().caller).status == 200)
        }
    }

    @Test("anybody may leave, but the last administrator")
    func leave() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let member = try await api.member(.marketing, of: admin.developer)
            #expect(try await api.call(.DELETE, "/accounts/me/team/me", as: member.caller).status == 204)
            #expect(try await api.call(.GET, "/accounts/me/team", as: member.caller).code == "no-company")
            let last = try await api.call(.DELETE, "/accounts/me/team/me", as: admin.caller)
            #expect(last.status == 409 && last.code == "last-admin")
        }
    }

    /// Knows everybody by one name, and nobody while it is away.
    private struct Directory: UserDirectory {
        let isAway: Bool

        func profiles(of users: [UserID]) async -> [UserID: UserProfile] {
            guard !self.isAway else { return [:] }
            return Dictionary(
                uniqueKeysWithValues: users.map { ($0, UserProfile(name: "Анна", email: "anna@example.com")) })
        }
    }

    @Test("EP-04, TM-5: names are Account Service's, and null while it is away", arguments: [false, true])
    func names(isAway: Bool) async throws {
        try await APIHarness.run {
            $0.directory = Directory(isAway: isAway)
        } _: { api in
            let admin = try await api.company()
            let team = try await api.call(.GET, "/accounts/me/team", as: admin.caller)
            #expect(team.status == 200 && team.json["items"][0]["name"].text == (isAway ? nil : "Анна"))
            #expect(team.json["items"][0]["email"].text == (isAway ? nil : "anna@example.com"))
        }
    }
}
