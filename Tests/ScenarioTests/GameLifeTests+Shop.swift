import Foundation
import NIOHTTP1
import Storefront
import Testing

/// On the shop, sold, and paid for.
extension GameLifeTests {
    static func fillPage(_ game: String, _ studio: Studio) async throws {
        _ = try await studio.json(
            .PUT, "/games/\(game)/metadata",
            [
                "description": "Long", "short_description": "Short", "age_rating": "12+", "tags": ["indie"],
                "foreign_ratings": ["pegi": "12"],
            ], expecting: 200)
        _ = try await studio.json(
            .PUT, "/games/\(game)/pricing", ["base_price": "999.00", "regional_prices": ["US": "9.99"]],
            expecting: 200)
        try await SamplePicture.sendScreenshot(studio, game)
        let readiness = try await studio.json(.GET, "/games/\(game)/readiness", expecting: 200)
        #expect(readiness["ready"] as? Bool == true && (readiness["warnings"] as? [Any])?.isEmpty == true)
    }

    static func release(
        _ version: String, of game: String, _ studio: Studio, _ world: GameWorld, limit: Int? = nil,
        percent: Int? = nil
    ) async throws {
        let body = limit.map { ["max_patch_bytes": $0] } ?? [:]
        _ = try await studio.json(.POST, "/games/\(game)/versions/\(version)/submit", body, expecting: 200)
        try await world.approve(version)
        let published = try await studio.json(
            .POST, "/games/\(game)/publish", percent.map { ["rollout_percent": $0] } ?? [:], expecting: 200)
        #expect(published["status"] as? String == "published")
    }

    /// IN-3, IN-4, PB-6, VR-10: the shop shows the page, and Download Service knows the build and its channel.
    static func expectShown(_ game: String, _ version: String, _ world: GameWorld) async throws {
        let shown = try await world.wait(for: "/catalog") { $0["game_id"] as? String == game }
        let listing = shown["listing"] as? [String: Any] ?? [:]
        let screenshots = (listing["media"] as? [String: Any])?["screenshots"] as? [String] ?? []
        #expect(screenshots.count == 1 && shown["version_id"] as? String == version)
        #expect((listing["metadata"] as? [String: Any])?["age_rating"] as? String == "12+")
        let prices = (listing["pricing"] as? [String: Any])?["prices"] as? [String: Any]
        #expect((prices?["base"] as? [String: Any])?["amount"] as? String == "999.00")
        let build = try await world.wait(for: "/downloads", "builds") { $0["version_id"] as? String == version }
        #expect((build["file_hash"] as? String)?.count == 64 && build["s3_path"] is String)
        #expect((build["file_size"] as? Int ?? 0) > 0)
        try await world.wait(for: "/downloads", "channels") {
            $0["game_id"] as? String == game && $0["channel"] as? String == "public"
        }
        #expect(try await world.version(of: game, player: "anna") == version)
        // AN-5: analytics heard of it, too.
        try await world.eventually("analytics hears of a publication") {
            let facts = try await world.desk(.GET, "/facts")
            return "\(facts)".contains("game.published")
        }
    }

    private static let details: [String: String] = [
        "legal_form": "legal_entity", "recipient_name": "ООО «Пример»", "inn": "7707083893", "kpp": "773601001",
        "ogrn": "1027700132195", "bank_name": "ПАО Сбербанк", "bik": "044525225",
        "account_number": "40702810938000000001",
    ]

    /// What is sold is earned, reported and paid out; nobody writes down where the money went.
    static func earnAndBePaid(_ game: String, _ team: Team, _ world: GameWorld) async throws {
        try await world.desk(
            .POST, "/sales",
            ["developer_id": team.company, "game_id": game, "copies": 5, "price": "999.00", "country": "RU"])
        // 5 × 999.00 less 30 %.
        try await world.eventually("the money comes") { try await self.available(team.finance) == "3496.50" }
        let numbers = try await team.admin.json(.GET, "/analytics/games/\(game)?period=2d", expecting: 200)
        #expect((numbers["totals"] as? [String: Any])?["sales"] as? Int == 5)

        _ = try await team.finance.json(.PUT, "/finance/settings", self.details, expecting: 200)
        let payout = try await team.finance.json(.POST, "/finance/payouts", ["amount": "2000.00"], expecting: 201)
        let id = try #require(payout["payout_id"] as? String)
        let path = "/finance/payouts/\(id)"
        try await world.eventually("the payout is handed over") {
            try await team.finance.json(.GET, path, expecting: 200)["status"] as? String != "requested"
        }
        try await world.eventually("the bank has paid") {
            _ = try? await world.desk(.POST, "/payouts/\(id)/completion")
            return try await team.finance.json(.GET, path, expecting: 200)["status"] as? String == "completed"
        }
        let paid = try await team.finance.json(.GET, path, expecting: 200)
        #expect(paid["reference"] as? String == "DEV-1" && paid["processed_at"] is String)
        #expect(try await self.available(team.finance) == "1496.50")

        let day = try #require(numbers["to"] as? String)
        let ordered = try await team.admin.json(
            .POST, "/analytics/reports", ["type": "sales", "from": day, "to": day], expecting: 202)
        let report = "/analytics/reports/\(ordered["report_id"] as? String ?? "")"
        try await world.eventually("the report is made") {
            try await team.admin.json(.GET, report, expecting: 200)["status"] as? String == "ready"
        }
        let csv = try await HTTP.send(.GET, team.admin.prefix + report + "/download", token: team.admin.token)
        #expect(String(decoding: csv.body, as: UTF8.self).contains(",Life,5,4995.00,RUB,0"))
        // NT-1, IN-7: the people who see money were told.
        try await world.wait(for: "/notifications") { $0["template"] as? String == "payout.completed" }
        try await world.wait(for: "/notifications") { $0["template"] as? String == "payout.threshold_reached" }
    }

    private static func available(_ studio: Studio) async throws -> String {
        let answer = try await HTTP.send(.GET, "\(studio.prefix)/finance/balance", token: studio.token)
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let start = text.range(of: "\"available\":") else { return "" }
        return String(text[start.upperBound...].prefix { $0 != "," })
    }

    /// MK-2: what a player writes reaches the studio, and the answer leaves it.
    static func hearPlayers(_ game: String, _ studio: Studio, _ world: GameWorld) async throws {
        let told = try await world.service(
            .playerReviewsWrite, .POST, "/games/\(game)/player-reviews",
            [
                "review_id": "r1", "author_name": "Anna", "is_positive": true, "body": "Good",
                "written_at": "2026-11-25T12:00:00Z",
            ])
        #expect(told.status == 201)
        _ = try await studio.json(
            .PUT, "/games/\(game)/player-reviews/r1/reply", ["text": "Thank you"], expecting: 200)
        try await world.wait(for: "/notifications") { $0["template"] as? String == "player_review.created" }
    }
}
