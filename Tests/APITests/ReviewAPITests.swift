import API
import Accounts
import Content
import FoundationEssentials
import Games
import NIOHTTP1
import Postgres
import Releases
import Storefront
import Testing

@Suite("Reviews over HTTP")
struct ReviewAPITests {
    @Test("PB-4: the same decision again changes nothing, another one is refused, and a rejection has a reason")
    func decisions() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let version = try await api.readyVersion(of: game, by: admin, "1.0")
            let moderator = try api.service(.reviewsDecide)
            let submit = { try await api.call(.POST, "/games/\(game)/versions/\(version)/submit", as: admin.caller) }
            let review = try #require(try await submit().json["review"]["review_id"].text)
            let decide = "/internal/v1/reviews/\(review)/decision"
            #expect(try await api.call(.POST, decide, as: moderator, json: ["decision": "rejected"]).status == 422)
            #expect(try await api.call(.POST, decide, as: moderator, json: ["decision": "maybe"]).status == 422)
            for _ in 0..<2 {
                let rejected = try await api.call(
                    .POST, decide, as: moderator, json: ["decision": "rejected", "reason": "Too loud"])
                #expect(rejected.status == 200 && rejected.json["decision"]["reason"].text == "Too loud")
            }
            let conflict = try await api.call(.POST, decide, as: moderator, json: ["decision": "approved"])
            #expect(conflict.status == 409 && conflict.code == "decision-conflict")
            #expect(conflict.json["current"].text == "rejected")
            #expect(try await api.events("review.decided").count == 1)
            #expect(try await api.call(.GET, "/games/\(game)", as: admin.caller).json["status"].text == "rejected")
            // 6.3: what was refused may be handed in again.
            #expect(try await submit().status == 200)
            let list = try await api.call(.GET, "/games/\(game)/versions/\(version)/reviews", as: admin.caller)
            #expect(list.json["items"].items.map { $0["status"].text } == ["in_review", "rejected"])
            let absent = try await api.call(
                .POST, "/internal/v1/reviews/\(UUID())/decision", as: moderator, json: ["decision": "approved"])
            #expect(absent.status == 404)
        }
    }

    @Test("AMB-21, 6.3: withdrawing takes the version and the game back, by either way; its review is over")
    func withdraw() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let version = try await api.readyVersion(of: game, by: admin, "1.0")
            let path = "/games/\(game)/versions/\(version)"
            let first = try await api.call(.POST, "\(path)/submit", as: admin.caller)
            let withdrawn = try await api.call(.POST, "\(path)/withdraw", as: admin.caller)
            #expect(withdrawn.status == 200 && withdrawn.json["status"].text == "withdrawn")
            let late = try await api.call(
                .POST, "/internal/v1/reviews/\(first.json["review"]["review_id"].text ?? "")/decision",
                as: try api.service(.reviewsDecide), json: ["decision": "approved"])
            #expect(late.status == 409 && late.json["current"].text == "withdrawn")
            let twice = try await api.call(.POST, "\(path)/withdraw", as: admin.caller)
            #expect(twice.status == 409 && twice.json["allowed"] == ["submit"])
            #expect(try await api.call(.POST, "\(path)/submit", as: admin.caller).status == 200)
            let put = try await api.call(.PUT, "/games/\(game)", as: admin.caller, json: ["status": "draft"])
            #expect(put.status == 200 && put.json["status"].text == "draft")
            #expect(try await api.reviewStatus(of: version, in: game, by: admin) == "withdrawn")
            #expect(try await api.events("review.withdrawn").count == 2)
        }
    }

    @Test(
        "EP-22, AMB-42: what the build lacks is 409, gaps of the store page are warnings, or 422 where rules are strict"
    )
    func readiness() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let none = try await api.call(.GET, "/games/\(game)/readiness", as: admin.caller)
            #expect(none.json["ready"] == false && none.json["blocking"][0]["code"].text == "version-missing")
            let (path, document) = try await api.version(of: game, by: admin, "0.1", size: 4)
            let uploading = try await api.call(.POST, "\(path)/submit", as: admin.caller)
            #expect(uploading.status == 409 && uploading.code == "not-ready-to-submit")
            #expect(uploading.json["errors"][0]["pointer"].text == "/version/status")
            #expect(document["review_status"].text == "not_submitted")
            let version = try await api.readyVersion(of: game, by: admin, "1.0")
            let own = "/games/\(game)/versions/\(version)"
            let dry = try await api.call(.POST, "\(own)/submit", as: admin.caller, json: ["dry_run": true])
            #expect(dry.status == 200 && dry.json["ready"] == true && dry.json["warnings"].items.count == 6)
            #expect(try await api.call(.GET, "/games/\(game)", as: admin.caller).json["status"].text == "draft")
            // Malware that is found late blocks.
            try await api.database.execute(
                """
                INSERT INTO file_chunks (version_id, file_no, digest, chunks)
                SELECT version_id, 0, sha256('x'), '' FROM game_versions WHERE version_string = '1.0'
                """)
            try await api.database.execute(
                """
                INSERT INTO scan_verdicts (digest, engine, verdict, signature, covered)
                VALUES (sha256('x'), 'newer', 'infected', 'Evil', 4)
                """)
            let infected = try await api.call(.POST, "\(own)/submit", as: admin.caller)
            #expect(infected.status == 409 && infected.json["errors"][0]["code"].text == "scan-not-clean")
        }
        try await APIHarness.run {
            $0.shop = APIHarness.shop(
                $0.database, builds: $0.builds, queue: $0.queue, policy: ReleasePolicy(readiness: .strict))
        } _: { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let version = try await api.readyVersion(of: game, by: admin, "1.0")
            let refused = try await api.call(.POST, "/games/\(game)/versions/\(version)/submit", as: admin.caller)
            #expect(refused.status == 422 && refused.code == "not-ready-to-submit")
            let asked = try await api.call(.GET, "/games/\(game)/readiness?version_id=\(version)", as: admin.caller)
            // B9: the list before and the list in the refusal are the same one.
            #expect(refused.json["readiness"]["blocking"] == asked.json["blocking"])
            #expect(refused.json["errors"].items.count == 6 && asked.json["profile"].text == "strict")
        }
    }

    @Test("EP-10, PB-8, AMB-07: during the review of an update the game stays published and the old version live")
    func update() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            try await api.approve(one, of: game, by: admin)
            _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            let two = try await api.readyVersion(of: game, by: admin, "2.0")
            #expect(try await api.call(.POST, "/games/\(game)/versions/\(two)/submit", as: admin.caller).status == 200)
            let during = try await api.call(.GET, "/games/\(game)", as: admin.caller)
            #expect(
                during.json["status"].text == "published" && during.json["current_version"]["version_id"].text == one)
            #expect(during.json["pending_version"]["version_id"].text == two)
            let unapproved = try await api.call(
                .POST, "/games/\(game)/publish", as: admin.caller, json: ["version_id": .string(two)])
            #expect(unapproved.status == 409 && unapproved.json["current"].text == "in_review", "\(unapproved.json)")
            _ = try await api.call(.POST, "/games/\(game)/versions/\(two)/withdraw", as: admin.caller)
            #expect(try await api.call(.GET, "/games/\(game)", as: admin.caller).json["status"].text == "published")
            try await api.approve(two, of: game, by: admin)
            let updated = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            #expect(updated.json["channel"]["version_id"].text == two && updated.json["status"].text == "published")
            #expect(try await api.reviewStatus(of: one, in: game, by: admin) == "superseded")
            #expect(try await api.events("game.published").count == 1)
            #expect(try await api.events("game.updated").count == 1)
            // What the shop shows is told when it changes.
            _ = try await api.call(.PUT, "/games/\(game)/metadata", as: admin.caller, json: ["description": "New"])
            let told = try await api.events("game.updated")
            #expect(told.count == 2 && told[1]["listing"]["metadata"]["description"].text == "New")
        }
    }

    @Test("GA-2, PB-1: every step that the table of games does not know is 409 with what would be possible")
    func illegalEdges() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let version = try await api.readyVersion(of: game, by: admin, "1.0")
            let reviews: [GameStatus: String] = [
                .draft: "not_submitted", .pendingReview: "in_review", .approved: "approved", .rejected: "rejected",
                .published: "live", .removed: "live",
            ]
            for status in GameStatus.allCases {
                try await api.database.execute("UPDATE games SET status = \(status.rawValue)")
                try await api.database.execute("UPDATE game_versions SET review_status = \(reviews[status] ?? "")")
                let steps: [(GameStatus.Event, String)] = [
                    (.submit, "versions/\(version)/submit"), (.unpublish, "unpublish"), (.publish, "publish"),
                ]
                for (event, path) in steps where status.next(on: event) == nil {
                    let answer = try await api.call(.POST, "/games/\(game)/\(path)", as: admin.caller)
                    #expect(answer.status == 409, "\(status) \(event): \(answer.json)")
                    #expect(answer.json["current"].text != nil && answer.json["allowed"] != .null, "\(answer.json)")
                }
                let read = try await api.call(.GET, "/games/\(game)", as: admin.caller)
                #expect(read.json["status"].text == status.rawValue)
            }
        }
    }
}
