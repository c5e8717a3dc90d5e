import Foundation
import NIOHTTP1
import Testing

/// Money and numbers, from the shop to the bank, with the small platform on the other side.
@Suite("Money on one machine", .serialized)
struct MoneyTests {
    private static let details: [String: String] = [
        "legal_form": "legal_entity", "recipient_name": "ООО «Пример»", "inn": "7707083893", "kpp": "773601001",
        "ogrn": "1027700132195", "bank_name": "ПАО Сбербанк", "bik": "044525225",
        "account_number": "40702810938000000001",
    ]

    @Test("what is sold is earned, reported and paid out; no log has the account")
    func life() async throws {
        try await withScenarioDirectory { root in
            let slipway = try await SlipwayProcess.up(
                root, settings: ["SLIPWAY_PAYOUT_DELAY_SECONDS": "1", "SLIPWAY_LOG_LEVEL": "debug"], platform: true)
            defer { slipway.stop() }
            let studio = try Studio(slipway)
            let file = try JSONSerialization.jsonObject(with: Data(contentsOf: root.appending(path: "dev.json")))
            let development = file as? [String: String] ?? [:]
            let platform = try #require(development["platform_url"]),
                company = try #require(development["developer_id"])
            let game = try await studio.createGame("Game")
            let sold = try await HTTP.send(
                .POST, "\(platform)/desk/sales",
                json: ["developer_id": company, "game_id": game, "copies": 5, "price": "999.00", "country": "RU"])
            #expect(sold.status == 201)

            // The feed is read: 5 × 999.00 less 30 %.
            try await Self.wait { try await Self.available(studio) == "3496.50" }
            let numbers = try await studio.json(.GET, "/analytics/games/\(game)?period=2d", expecting: 200)
            #expect((numbers["totals"] as? [String: Any])?["sales"] as? Int == 5 && numbers["stale"] as? Bool == false)

            _ = try await studio.json(.PUT, "/finance/settings", Self.details, expecting: 200)
            let payout = try await studio.json(.POST, "/finance/payouts", ["amount": "2000.00"], expecting: 201)
            let id = try #require(payout["payout_id"] as? String)
            try await Self.wait {
                try await studio.json(.GET, "/finance/payouts/\(id)", expecting: 200)["status"] as? String
                    == "processing"
            }
            try await Self.wait {
                try await HTTP.send(.POST, "\(platform)/desk/payouts/\(id)/completion").status == 200
            }
            let paid = try await studio.json(.GET, "/finance/payouts/\(id)", expecting: 200)
            #expect(paid["status"] as? String == "completed" && paid["reference"] as? String == "DEV-1")
            #expect(try await Self.available(studio) == "1496.50")

            let day = try #require((numbers["to"] as? String))
            let ordered = try await studio.json(
                .POST, "/analytics/reports", ["type": "sales", "from": day, "to": day], expecting: 202)
            let report = "/analytics/reports/\(ordered["report_id"] as? String ?? "")"
            try await Self.wait {
                try await studio.json(.GET, report, expecting: 200)["status"] as? String == "ready"
            }
            let csv = try await HTTP.send(.GET, studio.prefix + report + "/download", token: studio.token)
            #expect(String(decoding: csv.body, as: UTF8.self).contains(",Game,5,4995.00,RUB,0"))

            // The platform heard of all of it, and nobody wrote down where the money went.
            try await Self.wait {
                let heard = try await HTTP.send(.GET, "\(platform)/desk/events").body
                let text = String(decoding: heard, as: UTF8.self)
                return ["payout.requested", "payout.completed", "report.ready"].allSatisfy(text.contains)
            }
            let log = try String(contentsOf: root.appending(path: "up.log"), encoding: .utf8)
            #expect(!log.isEmpty && !log.contains("40702810938000000001") && !log.contains("7707083893"))
        }
    }

    private static func available(_ studio: Studio) async throws -> String {
        let answer = try await HTTP.send(.GET, "\(studio.prefix)/finance/balance", token: studio.token)
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let start = text.range(of: "\"available\":") else { return "" }
        return String(text[start.upperBound...].prefix { $0 != "," })
    }

    private static func wait(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("it did not come to be within a minute")
    }
}
