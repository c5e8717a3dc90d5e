import API
import Content
import FoundationEssentials
import NIOHTTP1
import Storefront
import Testing

@Suite("What players write over HTTP")
struct PlayerReviewAPITests {
    private static func record(
        _ api: APIHarness, _ id: String, of game: String, at time: String = "2026-11-01T10:00:00Z"
    ) async throws -> Answer {
        try await api.call(
            .POST, "/internal/v1/games/\(game)/player-reviews", as: try api.service(.playerReviewsWrite),
            json: [
                "review_id": .string(id), "author_name": "Аня", "is_positive": true, "body": "Nice\u{7} game",
                "language": "ru", "playtime_minutes": 90, "written_at": .string(time),
            ])
    }

    @Test("MK-2, NT-1, AMB-35: what players write is told once, listed newest first, and answered")
    func life() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            let path = "/games/\(game)/player-reviews"
            #expect(try await api.call(.GET, path, as: admin.caller).json["items"] == [])
            for (number, status) in [(1, 201), (2, 201), (3, 201), (2, 200)] {
                let answer = try await Self.record(api, "r\(number)", of: game, at: "2026-11-0\(number)T10:00:00.5Z")
                #expect(answer.status == status && answer.json["body"].text == "Nice game", "\(answer.json)")
            }
            #expect(try await api.events("player_review.created").count == 3)
            var ids: [String] = [], cursor = ""
            for _ in 0..<4 {
                let page = try await api.call(.GET, "\(path)?limit=2\(cursor)", as: admin.caller)
                ids += page.json["items"].items.compactMap { $0["review_id"].text }
                guard let next = page.json["next_cursor"].text else { break }
                cursor = "&cursor=\(next)"
            }
            #expect(ids == ["r3", "r2", "r1"])

            let marketing = try await api.member(.marketing, of: admin.developer)
            let finance = try await api.member(.finance, of: admin.developer)
            let reply = "\(path)/r2/reply"
            #expect(try await api.call(.PUT, reply, as: finance.caller, json: ["text": "x"]).status == 403)
            for _ in 0..<2 {
                let answered = try await api.call(.PUT, reply, as: marketing.caller, json: ["text": "Thanks!"])
                #expect(answered.status == 200 && answered.json["reply"]["text"].text == "Thanks!")
                #expect(answered.json["reply"]["replied_by"].text == "user:\(marketing.user)")
            }
            #expect(try await api.events("player_review.replied").count == 1)
            let waiting = try await api.call(.GET, "\(path)?unanswered=true", as: marketing.caller)
            #expect(waiting.json["items"].items.map { $0["review_id"].text } == ["r3", "r1"])
            // The player writes anew; the answer stays until it is taken back.
            let again = try await Self.record(api, "r2", of: game)
            #expect(again.status == 200 && again.json["reply"]["text"].text == "Thanks!")
            let taken = try await api.call(.PUT, reply, as: marketing.caller, json: ["text": .null])
            #expect(taken.json["reply"] == .null)

            #expect(try await api.call(.PUT, "\(path)/r9/reply", as: admin.caller, json: ["text": "x"]).status == 404)
            for (body, pointer) in [
                ([:], "/text"), (["text": 7], "/text"),
                (["text": .string(String(repeating: "x", count: 4001))], "/text"),
            ] as [(JSONValue, String)] {
                let refused = try await api.call(.PUT, reply, as: admin.caller, json: body)
                #expect(refused.status == 422 && refused.json["errors"][0]["pointer"].text == pointer)
            }
            #expect(try await api.call(.GET, "\(path)?unanswered=maybe", as: admin.caller).status == 422)
        }
    }

    @Test("MK-2: only Catalog Service says what players wrote, about a game that is there, and wholly")
    func recording() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let game = try await api.game(of: admin)
            #expect(try await Self.record(api, "r", of: UUID().uuidString).status == 404)
            let path = "/internal/v1/games/\(game)/player-reviews"
            #expect(try await api.call(.POST, path, as: admin.caller, json: [:]).status == 403)
            let bad = try await api.call(
                .POST, path, as: try api.service(.playerReviewsWrite),
                json: ["author_name": "", "playtime_minutes": -1, "written_at": "today", "language": "x"])
            #expect(bad.status == 422)
            #expect(
                Set(bad.json["errors"].items.compactMap { $0["pointer"].text }) == [
                    "/review_id", "/author_name", "/is_positive", "/playtime_minutes", "/written_at", "/language",
                ])
        }
    }
}
