import Content
import NIOHTTP1
import Platform
import Postgres
import Storefront
import TestKit
import Testing

@Suite("What the other services are told")
struct FactContractTests {
    @Test("AC-1, PB-3, PB-6, PB-7, PB-9: whatever goes out in the life of a game is what the contracts say")
    func life() async throws {
        try await APIHarness.run { api in
            let company = try await api.verifiedCompany()
            let game = try await api.game(of: company)
            let path = "/games/\(game)"
            _ = try await api.call(
                .PUT, "\(path)/metadata", as: company.caller, json: ["short_description": "About a satellite."])
            _ = try await api.call(
                .PUT, "\(path)/pricing", as: company.caller,
                json: ["base_price": "999.00", "regional_prices": ["US": "19.99"]])
            let moderator = try api.service(.reviewsDecide)
            for name in ["1.0", "2.0"] {
                let version = try await api.readyVersion(of: game, by: company, name)
                let submitted = try await api.call(.POST, "\(path)/versions/\(version)/submit", as: company.caller)
                let review = try #require(submitted.json["review"]["review_id"].text, "\(submitted.json)")
                let decided = try await api.call(
                    .POST, "/internal/v1/reviews/\(review)/decision", as: moderator, json: ["decision": "approved"])
                #expect(decided.status == 200, "\(decided.json)")
                let published = try await api.call(
                    .POST, "\(path)/publish", as: company.caller, json: ["version_id": .string(version)])
                #expect(published.status == 200, "\(published.json)")
            }
            let spare = try await api.readyVersion(of: game, by: company, "3.0")
            _ = try await api.call(.POST, "\(path)/versions/\(spare)/submit", as: company.caller)
            _ = try await api.call(.POST, "\(path)/versions/\(spare)/withdraw", as: company.caller)
            _ = try await api.call(.DELETE, "\(path)/versions/\(spare)", as: company.caller)
            _ = try await api.call(.PUT, path, as: company.caller, json: ["title": "Sputnik 2"])
            _ = try await api.call(.POST, "\(path)/unpublish", as: company.caller)
            _ = try await api.call(
                .POST, "/accounts", as: try api.person().1, json: ["company_name": "Another studio"])

            let told = try await Self.check(api)
            let expected = [
                "company.verification_requested", "review.requested", "review.withdrawn", "review.decided",
                "game.published",
                "game.updated", "game.unpublished", "channel.changed", "version.deleted",
            ]
            for type in expected { #expect(told.contains(type), "\(type) was not told; \(told)") }
        }
    }

    /// Holds every event of the outbox against the contract of everybody who hears it.
    private static func check(_ api: APIHarness) async throws -> Set<String> {
        let contracts = try Listener.allCases.filter { $0 != .everything }.map { ($0, try Contract($0.rawValue)) }
        let everything = try Contract("events")
        var told: Set<String> = []
        for developer: DeveloperID in try await api.database.rows("SELECT DISTINCT developer_id FROM outbox").map({
            try $0("developer_id")
        }) {
            let events = try await Outbox(database: api.database).events(
                of: developer, after: 0, types: [], hidden: [], limit: 1000)
            for event in events {
                told.insert(event.type)
                let general = everything.faults(in: event.json, schema: "Event")
                #expect(general.isEmpty, "\(event.type)")
                for (listener, contract) in contracts where listener.types.contains(event.type) {
                    let faults = contract.faults(in: event.json, schema: "Fact")
                    #expect(faults.isEmpty, "\(listener) \(event.type)")
                }
            }
        }
        return told
    }
}
