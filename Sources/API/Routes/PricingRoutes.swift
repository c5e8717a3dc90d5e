import Content
import FoundationEssentials
import Games
import HTTPTypes
import Hummingbird
import Releases
import Storefront

/// What a game costs.
struct PricingRoutes: Sendable {
    private let games: GameReader
    private let prices: Prices
    private let cursors: CursorCodec
    private let limits: APILimits

    init(_ services: APIServices) {
        self.games = GameReader(services)
        self.prices = services.shop.prices
        self.cursors = services.cursors
        self.limits = services.limits
    }

    /// `GET /games/{game_id}/pricing`: what players pay at this moment is in it, so it is never kept.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let pricing = try await self.pricing(of: try await self.games.game(context))
        return .json(try PricingJSON.pricing(pricing, warnings: []), tag: EntityTag(revision: pricing.revision))
    }

    /// `PUT /games/{game_id}/pricing`: what is absent stays, null clears.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let change = try PricingReader.change(
            from: try await request.readObject(within: self.limits), policy: self.prices.policy)
        let current = try await self.pricing(of: game)
        let isConditional = try request.checkMatch(EntityTag(revision: current.revision))
        let updated = try await self.prices.update(
            game.id, of: game.developer, change, ifRevision: isConditional ? current.revision : nil,
            actor: try context.requireActor().text)
        guard let (pricing, warnings) = updated else { throw HTTPProblem.notFound }
        return .json(
            try PricingJSON.pricing(pricing, warnings: warnings), tag: EntityTag(revision: pricing.revision))
    }

    /// `POST /games/{game_id}/pricing/preview`: what an update would do and what it would be refused for.
    @Sendable func preview(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let change = try PricingReader.change(
            from: try await request.readObject(within: self.limits), policy: self.prices.policy)
        guard let preview = try await self.prices.preview(game.id, of: game.developer, change) else {
            throw HTTPProblem.notFound
        }
        return .json([
            "prices": preview.prices.json, "discounted": preview.discounted?.json ?? .null,
            "acceptable": .bool(preview.findings.allSatisfy { $0.severity == .warning }),
            "findings": .array(preview.findings.map(\.json)),
        ])
    }

    /// `GET /games/{game_id}/pricing/history`, newest first.
    @Sendable func history(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let limit = query.limit()
        let cursor = query.cursor(self.cursors, for: "price-history", fields: 1)
        try query.finish()
        let game = try await self.games.game(context)
        let entries = try await self.prices.history(
            of: game.id, developer: game.developer, before: cursor?.first.flatMap(Int64.init),
            limit: Page<PriceHistoryEntry>.probe(limit))
        return Page(entries, limit: limit).response(
            request, codec: self.cursors, list: "price-history", cursor: { ["\($0.number)"] },
            json: PricingJSON.entry)
    }

    /// `GET /pricing/regions`: every country, and what its players pay in.
    @Sendable func regions(_ request: Request, context: APIContext) async throws -> Response {
        let policy = self.prices.policy
        let items = Country.all.map { country -> JSONValue in
            [
                "country": .string(country.code), "currency": .string(country.currency.code),
                "decimals": .integer(country.currency.exponent),
                "maximum": .string(policy.maximum(of: country.currency).text),
                "compared_with_base": .bool(policy.rates[country.currency] != nil),
            ]
        }
        return .json([
            "base_currency": .string(Currency.rub.code), "warned_below_percent": .integer(policy.warnedBelow),
            "refused_below_percent": .integer(policy.refusedBelow), "items": .array(items), "next_cursor": .null,
        ])
    }

    private func pricing(of game: GameRecord) async throws -> Pricing {
        guard let pricing = try await self.prices.pricing(of: game.id, developer: game.developer) else {
            throw HTTPProblem.notFound
        }
        return pricing
    }
}
