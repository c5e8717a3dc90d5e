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

@Suite("Publishing over HTTP")
struct PublicationAPITests {
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
}
