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

@Suite("Reviews and releases over HTTP")
struct ReleaseAPITests {
    @Test("EP-22, EP-23, VR-7, PB-1, PB-2, PB-3, PB-5, PB-6, PB-7: from draft to the shop, each fact told once")
    func firstRelease() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let status = { try await api.call(.GET, "/games/\(game)", as: admin.caller).json["status"].text }
            let version = try await api.readyVersion(of: game, by: admin, "1.0")
            _ = try await api.call(
                .PUT, "/games/\(game)/metadata", as: admin.caller, json: ["description": "A game", "age_rating": "12+"])
            _ = try await api.call(.PUT, "/games/\(game)/pricing", as: admin.caller, json: ["base_price": "499.00"])

            let early = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            #expect(early.status == 409 && early.json["current"].text == "draft", "\(early.json)")
            let submitted = try await api.call(
                .POST, "/games/\(game)/versions/\(version)/submit", as: admin.caller, json: ["note": "The first"])
            #expect(submitted.status == 200 && submitted.json["review_status"].text == "in_review", "\(submitted.json)")
            #expect(
                submitted.json["warnings"].items.map { $0["code"].text }
                    == ["short-description-missing", "screenshots-missing"])
            #expect(try await status() == "pending_review")
            let requested = try await api.events("review.requested")
            #expect(requested.count == 1 && requested[0]["version_id"].text == version)
            #expect(requested[0]["listing"]["metadata"]["description"].text == "A game")
            let twice = try await api.call(.POST, "/games/\(game)/versions/\(version)/submit", as: admin.caller)
            #expect(twice.status == 409 && twice.code == "already-in-review")

            let review = try #require(submitted.json["review"]["review_id"].text)
            let unasked = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            #expect(unasked.status == 409 && unasked.json["current"].text == "pending_review")
            let decide = "/internal/v1/reviews/\(review)/decision"
            let decided = try await api.call(
                .POST, decide, as: try api.service(.reviewsDecide), json: ["decision": "approved", "moderator": "Anna"])
            #expect(decided.status == 200 && decided.json["decision"]["decided_by"].text == "platform:Anna")
            #expect(try await status() == "approved")

            let published = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            #expect(published.status == 200 && published.json["status"].text == "published", "\(published.json)")
            #expect(published.json["channel"]["version_id"].text == version)
            #expect(published.json["published_at"].text != nil)
            #expect(try await api.reviewStatus(of: version, in: game, by: admin) == "live")
            for _ in 0..<2 {
                let again = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
                #expect(again.status == 200 && again.json["channel"] == published.json["channel"])
            }
            let catalog = try await api.events("game.published", "game.updated")
            #expect(catalog.count == 1 && catalog[0]["version_string"].text == "1.0")
            #expect(catalog[0]["listing"]["metadata"]["age_rating"].text == "12+")
            #expect(catalog[0]["listing"]["pricing"]["prices"]["base"] == ["amount": "499.00", "currency": "RUB"])
            #expect(catalog[0]["listing"]["media"]["screenshots"] == [])
            #expect(catalog[0]["listing"]["media"]["videos"] == [])
            let download = try await api.events("channel.changed")
            #expect(download.count == 1 && download[0]["version"]["file_hash"].text?.count == 64)
            #expect(download[0]["version"]["s3_path"].text == "manifests/\(version)")

            // VR-7: what players have had stays as it is.
            let changelog = try await api.call(
                .PUT, "/games/\(game)/versions/\(version)", as: admin.caller, json: ["changelog": "later"])
            #expect(changelog.status == 409 && changelog.code == "version-published")
            #expect(try await api.call(.DELETE, "/games/\(game)/versions/\(version)", as: admin.caller).status == 409)
        }
    }

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

    @Test("6.14: a rollout goes up and down, halts and completes; a rollback needs no moderation")
    func rollout() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            let two = try await api.readyVersion(of: game, by: admin, "2.0")
            try await api.approve(one, of: game, by: admin)
            _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            try await api.approve(two, of: game, by: admin)
            let begun = try await api.call(
                .POST, "/games/\(game)/publish", as: admin.caller, json: ["rollout_percent": 10])
            let channel = begun.json["channel"]
            #expect(channel["rollout_percent"].number == 10 && channel["previous_version_id"].text == one)
            #expect(try await api.reviewStatus(of: one, in: game, by: admin) == "live")
            let path = "/games/\(game)/channels/public"
            let roll = { (body: JSONValue) in
                try await api.call(.PATCH, "\(path)/rollout", as: admin.caller, json: body)
            }
            #expect(try await roll(["rollout_percent": 50]).json["rollout_percent"].number == 50)
            #expect(try await roll(["rollout_percent": 5]).json["rollout_percent"].number == 5)
            #expect(try await roll(["rollout_percent": 101]).status == 422)
            #expect(try await roll([:]).status == 422)
            #expect(try await roll(["rollout_percent": 5, "state": "halted"]).status == 422)
            #expect(try await roll(["state": "halted"]).json["rollout_state"].text == "halted")
            let twice = try await roll(["state": "halted"])
            #expect(twice.status == 409 && twice.json["current"].text == "halted")
            #expect(twice.json["allowed"] == ["adjust", "complete"])
            #expect(try await roll(["rollout_percent": 100]).json["rollout_state"].text == "complete")
            #expect(try await api.reviewStatus(of: one, in: game, by: admin) == "superseded")
            #expect(try await roll(["rollout_percent": 40]).json["previous_version_id"].text == one)
            #expect(try await api.reviewStatus(of: one, in: game, by: admin) == "live")

            let back = try await api.call(.POST, "\(path)/rollback", as: admin.caller, json: ["reason": "crashes"])
            #expect(back.status == 200 && back.json["version_id"].text == one, "\(back.json)")
            #expect(back.json["rollout_state"].text == "complete" && back.json["previous_version_id"].text == two)
            #expect(try await api.reviewStatus(of: two, in: game, by: admin) == "superseded")
            let forward = try await api.call(
                .POST, "\(path)/rollback", as: admin.caller, json: ["version_id": .string(two)])
            #expect(forward.json["version_id"].text == two)
            let history = try await api.call(.GET, "\(path)/history", as: admin.caller)
            #expect(
                history.json["items"].items.map { $0["action"].text } == [
                    "rollback", "rollback", "rollout", "rollout", "halt", "rollout", "rollout", "publish", "publish",
                ])
            #expect(history.json["items"][1]["reason"].text == "crashes")
            let stale = try await api.call(
                .PATCH, "\(path)/rollout", as: admin.caller, json: ["rollout_percent": 1],
                headers: [("if-match", "\"r1\"")])
            #expect(stale.status == 412)
            #expect(try await api.call(.DELETE, path, as: admin.caller).code == "channel-in-use")
        }
    }

    @Test("Download Service hears the same for the same player from everybody, and a halt takes nothing away")
    func manifest() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            let two = try await api.readyVersion(of: game, by: admin, "2.0")
            let download = try api.service(.manifestsRead)
            let path = "/internal/v1/games/\(game)/channels/public/manifest"
            #expect(try await api.call(.GET, path, as: download).status == 404)
            try await api.approve(one, of: game, by: admin)
            _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            let whole = try await api.call(.GET, path, as: download)
            #expect(whole.json["version"]["version_id"].text == one && whole.json["is_newer"] == true)
            let tag = try #require(whole.header("etag"))
            #expect(try await api.call(.GET, path, as: download, headers: [("if-none-match", tag)]).status == 304)
            try await api.approve(two, of: game, by: admin)
            _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller, json: ["rollout_percent": 30])
            var newer = 0
            for player in 0..<60 {
                let first = try await api.call(.GET, "\(path)?player_id=p\(player)", as: download)
                let second = try await api.call(.GET, "\(path)?player_id=p\(player)", as: download)
                #expect(first.json == second.json)
                if first.json["version"]["version_id"].text == two { newer += 1 }
            }
            #expect((5...35).contains(newer), "\(newer)")
            _ = try await api.call(
                .PATCH, "/games/\(game)/channels/public/rollout", as: admin.caller, json: ["state": "halted"])
            for player in 0..<10 {
                let old = try await api.call(.GET, "\(path)?player_id=p\(player)", as: download)
                #expect(old.json["version"]["version_id"].text == one)
                let kept = try await api.call(.GET, "\(path)?player_id=p\(player)&installed=\(two)", as: download)
                #expect(kept.json["version"]["version_id"].text == two)
            }
        }
    }

    @Test("EP-24, GA-3, AMB-19, PB-9: off the shop owners keep it, and it comes back without another review")
    func unpublish() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            #expect(try await api.call(.POST, "/games/\(game)/unpublish", as: admin.caller).status == 409)
            try await api.approve(one, of: game, by: admin)
            _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            let removed = try await api.call(.POST, "/games/\(game)/unpublish", as: admin.caller)
            #expect(removed.status == 200 && removed.json["status"].text == "removed")
            #expect(removed.json["unpublished_at"].text != nil)
            let twice = try await api.call(.POST, "/games/\(game)/unpublish", as: admin.caller)
            #expect(twice.status == 409 && twice.json["allowed"] == ["publish"])
            #expect(try await api.events("game.unpublished").count == 1)
            let served = try await api.call(
                .GET, "/internal/v1/games/\(game)/channels/public/manifest", as: try api.service(.manifestsRead))
            #expect(served.json["version"]["version_id"].text == one)
            let back = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            #expect(back.status == 200 && back.json["status"].text == "published", "\(back.json)")
            #expect(back.json["unpublished_at"] == .null && back.json["channel"]["version_id"].text == one)
            #expect(try await api.events("game.published").count == 2)
            #expect(try await api.call(.DELETE, "/games/\(game)", as: admin.caller).status == 409)
        }
    }

    @Test(
        "AMB-05, AMB-22: publishing needs a verified company, a person for the public channel, and an approved version")
    func gates() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            try await api.approve(one, of: game, by: admin)
            let pending = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            #expect(pending.status == 403 && pending.code == "company-not-verified")
            _ = try await api.services.accounts.decide(.verify, reason: nil, on: admin.developer)
            let made = try await api.call(
                .POST, "/apikeys", as: admin.caller, json: ["permissions": ["releases:publish", "releases:submit"]])
            let key = Caller.key(try #require(made.json["api_key"].text ?? made.json["key"].text))
            let byKey = try await api.call(.POST, "/games/\(game)/publish", as: key)
            #expect(byKey.status == 403 && byKey.code == "forbidden")
            let beta = try await api.call(.POST, "/games/\(game)/publish", as: key, json: ["channel": "beta"])
            #expect(beta.status == 200 && beta.json["status"].text == "approved", "\(beta.json)")
            #expect(beta.json["channel"]["name"].text == "beta")
            let foreign = try await api.call(
                .POST, "/games/\(game)/publish", as: admin.caller, json: ["version_id": .string(UUID().uuidString)])
            #expect(foreign.status == 404)
            let wrong = try await api.call(
                .POST, "/games/\(game)/publish", as: admin.caller,
                json: ["channel": "Öffentlich", "rollout_percent": 101, "publish_at": "soon", "version_id": "x"])
            #expect(wrong.status == 422 && wrong.json["errors"].items.count == 4)
            let other = try await api.readyVersion(of: game, by: admin, "2.0")
            let raw = try await api.call(
                .PUT, "/games/\(game)/channels/beta", as: admin.caller, json: ["version_id": .string(other)])
            #expect(raw.status == 409 && raw.json["current"].text == "not_submitted")
            #expect(try await api.call(.DELETE, "/games/\(game)/channels/beta", as: key).status == 204)
            #expect(try await api.reviewStatus(of: one, in: game, by: admin) == "superseded")
        }
    }

    @Test(
        "a recalled version is given to nobody: channels go back, and with nothing to go back to the game leaves the shop"
    )
    func recall() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let moderator = try api.service(.reviewsDecide)
            let versions = [
                try await api.readyVersion(of: game, by: admin, "1.0"),
                try await api.readyVersion(of: game, by: admin, "2.0"),
            ]
            for version in versions {
                try await api.approve(version, of: game, by: admin)
                _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            }
            let recall = { (version: String) in
                try await api.call(
                    .POST, "/internal/v1/versions/\(version)/recall", as: moderator, json: ["reason": "Malware"])
            }
            for _ in 0..<2 {
                let recalled = try await recall(versions[1])
                #expect(recalled.status == 200 && recalled.json["review_status"].text == "recalled", "\(recalled.json)")
            }
            let channel = try await api.call(.GET, "/games/\(game)/channels/public", as: admin.caller)
            #expect(channel.json["version_id"].text == versions[0] && channel.json["previous_version_id"] == .null)
            let back = try await api.call(
                .POST, "/games/\(game)/channels/public/rollback", as: admin.caller,
                json: ["version_id": .string(versions[1])])
            #expect(back.status == 409 && back.json["current"].text == "recalled")
            #expect(try await recall(versions[0]).status == 200)
            #expect(try await api.call(.GET, "/games/\(game)", as: admin.caller).json["status"].text == "removed")
            #expect(try await api.call(.GET, "/games/\(game)/channels/public", as: admin.caller).status == 404)
            let publish = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            #expect(publish.status == 409 && publish.code == "nothing-approved")
            #expect(try await api.events("version.recalled").count == 2)
            let never = try await api.readyVersion(of: game, by: admin, "3.0")
            #expect(try await recall(never).status == 409)
        }
    }

    @Test("VR-13: versions that players had stay; others go, with what they had in the store")
    func deletion() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            let two = try await api.readyVersion(of: game, by: admin, "2.0")
            try await api.approve(one, of: game, by: admin)
            _ = try await api.call(.POST, "/games/\(game)/publish", as: admin.caller)
            let kept = try await api.call(.DELETE, "/games/\(game)/versions/\(one)", as: admin.caller)
            #expect(kept.status == 409 && kept.code == "version-in-use")
            _ = try await api.call(.POST, "/games/\(game)/versions/\(two)/submit", as: admin.caller)
            #expect(try await api.call(.DELETE, "/games/\(game)/versions/\(two)", as: admin.caller).status == 409)
            _ = try await api.call(.POST, "/games/\(game)/versions/\(two)/withdraw", as: admin.caller)
            #expect(try await api.call(.DELETE, "/games/\(game)/versions/\(two)", as: admin.caller).status == 204)
            #expect(try await api.call(.GET, "/games/\(game)/versions/\(two)", as: admin.caller).status == 404)
            let keys: [String] = try await api.database.rows("SELECT object_key FROM garbage_objects").map {
                try $0("object_key")
            }
            #expect(keys.contains("manifests/\(two)") && keys.contains { $0.hasPrefix("uploads/") })
            // The string is free again.
            _ = try await api.version(of: game, by: admin, "2.0", size: 4)
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

    @Test("AMB-22: a publication waits for its time, and can be replaced or called off")
    func schedule() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let game = try await api.game(of: admin)
            let one = try await api.readyVersion(of: game, by: admin, "1.0")
            try await api.approve(one, of: game, by: admin)
            let path = "/games/\(game)/publications"
            for hour in [1.0, 2.0] {
                let at = Date(timeIntervalSinceNow: 3600 * hour).formatted(.iso8601)
                let waiting = try await api.call(
                    .POST, "/games/\(game)/publish", as: admin.caller, json: ["publish_at": .string(at)])
                #expect(waiting.status == 202 && waiting.json["status"].text == "approved", "\(waiting.json)")
                #expect(waiting.json["scheduled"]["version_id"].text == one)
            }
            let list = try await api.call(.GET, path, as: admin.caller)
            #expect(list.json["items"].items.count == 1)
            #expect(try await api.call(.DELETE, "\(path)/public", as: admin.caller).status == 204)
            #expect(try await api.call(.DELETE, "\(path)/public", as: admin.caller).status == 404)
            let past = try await api.call(
                .POST, "/games/\(game)/publish", as: admin.caller, json: ["publish_at": "2020-01-01T00:00:00Z"])
            #expect(past.status == 200 && past.json["status"].text == "published")
        }
    }
}
