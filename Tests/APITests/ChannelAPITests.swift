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

@Suite("Channels and rollouts over HTTP")
struct ChannelAPITests {
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
}
