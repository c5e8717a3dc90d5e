import Foundation
import NIOHTTP1
import Testing

/// The update, and what comes after.
extension GameLifeTests {
    /// PB-8, B5: the update goes the same way; meanwhile the first version stays. What it costs is known before.
    static func update(
        _ build: SampleBuild, over one: String, of game: String, _ studio: Studio, _ world: GameWorld
    ) async throws -> String {
        let two = try await studio.upload(build.tar, as: "2.0", of: game)
        try await studio.commit(two, of: game)
        #expect(try await studio.outcome(of: two, of: game)["status"] as? String == "ready")
        let preview = "/games/\(game)/versions/\(two)/patch-preview?from=\(one)"
        try await world.eventually("the patch is made") {
            try await HTTP.send(.GET, studio.prefix + preview, token: studio.token).status == 200
        }
        let cost = try await studio.json(.GET, preview, expecting: 200)["update_bytes"] as? Int ?? 0
        #expect(cost > 0 && cost < build.tar.count / 4)
        let submit = "/games/\(game)/versions/\(two)/submit"
        let dear = try await studio.json(.POST, submit, ["max_patch_bytes": cost - 1], expecting: 422)
        #expect(dear["code"] as? String == "update-too-large")
        #expect(try await world.version(of: game, player: "anna") == one)
        try await self.release(two, of: game, studio, world, limit: cost, percent: 50)
        return two
    }

    static func rollOutAndBack(
        _ two: String, over one: String, of game: String, _ studio: Studio, _ world: GameWorld
    ) async throws {
        let channel = "/games/\(game)/channels/public"
        var seen: Set<String> = []
        for player in 0..<40 { seen.insert(try await world.version(of: game, player: "p\(player)")) }
        #expect(seen == [one, two])
        _ = try await studio.json(.PATCH, "\(channel)/rollout", ["rollout_percent": 100], expecting: 200)
        #expect(try await world.version(of: game, player: "anna") == two)
        let back = try await studio.json(.POST, "\(channel)/rollback", ["reason": "crash"], expecting: 200)
        #expect(back["version_id"] as? String == one)
        #expect(try await world.version(of: game, player: "anna") == one)
    }

    /// PB-9, AMB-19, AMB-22: off the shop owners keep it; at a set time it is back, without anybody asking twice.
    static func leaveAndReturn(_ one: String, _ game: String, _ studio: Studio, _ world: GameWorld) async throws {
        let removed = try await studio.json(.POST, "/games/\(game)/unpublish", [:], expecting: 200)
        #expect(removed["status"] as? String == "removed")
        try await world.wait(for: "/catalog") {
            $0["game_id"] as? String == game && $0["is_available"] as? Bool == false
        }
        #expect(try await world.version(of: game, player: "owner") == one)
        let soon = Date(timeIntervalSinceNow: 2).ISO8601Format()
        _ = try await studio.json(.POST, "/games/\(game)/publish", ["publish_at": soon], expecting: 202)
        try await world.eventually("the game is back") {
            try await studio.json(.GET, "/games/\(game)", expecting: 200)["status"] as? String == "published"
        }
    }

    /// B8, SE-7, FI-3: one sequence tells all of it, once; the audit log is whole; no log has the account.
    static func expectTrueRecords(_ studio: Studio, _ root: URL) async throws {
        var types: [String] = [], after = 0
        for _ in 0..<20 {
            let page = try await studio.json(.GET, "/events?after=\(after)&limit=100", expecting: 200)
            types += (page["items"] as? [[String: Any]] ?? []).compactMap { $0["type"] as? String }
            after = page["last_seq"] as? Int ?? after
            guard page["has_more"] as? Bool == true else { break }
        }
        func count(_ type: String) -> Int { types.filter { $0 == type }.count }
        #expect(count("company.verified") == 1 && count("version.ready") == 3 && count("review.decided") == 2)
        #expect(count("game.published") == 2 && count("game.unpublished") == 1 && count("payout.completed") == 1)
        #expect(count("player_review.created") == 1 && count("player_review.replied") == 1)
        let audit = try await studio.json(.GET, "/audit/verify", expecting: 200)
        #expect(audit["intact"] as? Bool == true && (audit["records"] as? Int ?? 0) > 20)
        let log = try String(contentsOf: root.appending(path: "up.log"), encoding: .utf8)
        #expect(!log.isEmpty && !log.contains("40702810938000000001") && !log.contains("7707083893"))
    }
}
