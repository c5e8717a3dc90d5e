import Content
import FoundationEssentials
import Games
import JobQueue
import Platform
import Postgres
import Storefront
import Testing

@testable import Jobs

@Suite("Refreshing prices")
struct RefreshPricingTests {
    private static func run(_ fixture: ShopJobFixture) async throws {
        let handler = RefreshPricingHandler(
            prices: fixture.prices, events: Events(outbox: Outbox(database: fixture.database), queue: fixture.queue))
        let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
        _ = try await handler.perform(RefreshPricing(game: fixture.game), attempt: attempt)
    }

    private static func events(_ fixture: ShopJobFixture) async throws -> [String] {
        try await fixture.database.rows("SELECT type FROM outbox ORDER BY seq").map { try $0("type") }
    }

    @Test("PR-3, 6.13: the beginning and the end of a promotion are told once each, and the columns follow")
    func turns() async throws {
        try await ShopJobFixture.with { fixture in
            try await fixture.database.execute("UPDATE games SET status = 'published'")
            var change = PricingChange()
            change.base = .set(try Money("100.00", .rub))
            change.discount = .set(try Money("60.00", .rub))
            change.discountStart = .set(Date(timeIntervalSinceNow: 3600))
            change.discountEnd = .set(Date(timeIntervalSinceNow: 7200))
            _ = try await fixture.prices.update(
                fixture.game, of: fixture.developer, change, ifRevision: nil, actor: "user:x")
            #expect(try await Self.events(fixture) == ["pricing.changed"])
            // The next job comes when the promotion begins.
            let waiting = try await fixture.database.rows(
                "SELECT FROM job_later WHERE run_at BETWEEN now() + interval '59 minutes' AND now() + interval '61 minutes'"
            )
            #expect(waiting.count == 1)
            try await Self.run(fixture)
            #expect(try await Self.events(fixture).count == 1)
            try await fixture.database.execute("UPDATE promotions SET starts_at = now() - interval '1 second'")
            for _ in 0..<2 { try await Self.run(fixture) }
            #expect(try await Self.events(fixture) == ["pricing.changed", "promotion.started", "pricing.changed"])
            try await fixture.database.execute("UPDATE promotions SET ends_at = now() - interval '1 millisecond'")
            for _ in 0..<2 { try await Self.run(fixture) }
            #expect(try await Self.events(fixture).suffix(2) == ["promotion.ended", "pricing.changed"])
            let row = try await fixture.database.row("SELECT discount_price IS NULL AS gone FROM game_pricing")
            #expect(try row?("gone") == true)
        }
    }
}
