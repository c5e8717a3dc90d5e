import Content
import FoundationEssentials
import Games
import HTTPTypes
import Hummingbird
import Releases
import Storefront

/// Discounts of a game, one after the other.
struct PromotionRoutes: Sendable {
    private let games: GameReader
    private let prices: Prices
    private let limits: APILimits

    init(_ services: APIServices) {
        self.games = GameReader(services)
        self.prices = services.shop.prices
        self.limits = services.limits
    }

    /// `POST /games/{game_id}/promotions`.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let object = try await request.readObject(within: self.limits)
        var fields = Fields(object)
        let name = fields.requiredText("name", length: 1...255)
        let start = fields.time("starts_at")
        let end = fields.time("ends_at")
        if object["starts_at"] ?? .null == .null { fields.fail("starts_at", "required", "is required") }
        if object["ends_at"] ?? .null == .null { fields.fail("ends_at", "required", "is required") }
        try fields.finish()
        guard let discount = try PricingReader.discount(from: object, policy: self.prices.policy) else {
            throw HTTPProblem.invalid("/discount_percent", "required", "or discount_price is required")
        }
        guard let name, let start, let end else { throw HTTPProblem.unexpected }
        let terms = PromotionTerms(name: name, discount: discount, startsAt: start, endsAt: end)
        let made = try await self.prices.create(
            terms, for: game.id, of: game.developer, actor: try context.requireActor().text)
        guard let promotion = made else { throw HTTPProblem.notFound }
        return .json(
            PricingJSON.promotion(promotion), status: .created, tag: EntityTag(revision: promotion.revision),
            headers: [.location: "\(RouteTable.prefix)/games/\(game.id)/promotions/\(promotion.id)"])
    }

    /// `GET /games/{game_id}/promotions`, the latest start first.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let state = query.choice("status", of: PromotionState.self)
        try query.finish()
        let game = try await self.games.game(context)
        let promotions = try await self.prices.promotions(of: game.id, developer: game.developer, state: state) ?? []
        return .json(["items": .array(promotions.map(PricingJSON.promotion)), "next_cursor": .null])
    }

    /// `GET /games/{game_id}/promotions/{promotion_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let promotion = try await self.promotion(context)
        return .json(PricingJSON.promotion(promotion), tag: EntityTag(revision: promotion.revision))
    }

    /// `PATCH /games/{game_id}/promotions/{promotion_id}`: what is absent stays.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        let current = try await self.promotion(context)
        let object = try await request.readObject(within: self.limits)
        var fields = Fields(object)
        let name = fields.optionalText("name", length: 1...255)
        let start = fields.time("starts_at")
        let end = fields.time("ends_at")
        try fields.finish()
        let discount = try PricingReader.discount(from: object, policy: self.prices.policy)
        let isConditional = try request.checkMatch(EntityTag(revision: current.revision))
        let updated = try await self.prices.update(
            current.id, of: current.game, developer: try context.requireDeveloper(),
            ifRevision: isConditional ? current.revision : nil, actor: try context.requireActor().text
        ) { terms in
            terms.name = name ?? terms.name
            terms.discount = discount ?? terms.discount
            terms.startsAt = start ?? terms.startsAt
            terms.endsAt = end ?? terms.endsAt
        }
        guard let promotion = updated else { throw HTTPProblem.notFound }
        return .json(PricingJSON.promotion(promotion), tag: EntityTag(revision: promotion.revision))
    }

    /// `DELETE /games/{game_id}/promotions/{promotion_id}`: calls it off, or ends it now; it stays in the list.
    @Sendable func cancel(_ request: Request, context: APIContext) async throws -> Response {
        let current = try await self.promotion(context)
        _ = try request.checkMatch(EntityTag(revision: current.revision))
        let cancelled = try await self.prices.cancel(
            current.id, of: current.game, developer: try context.requireDeveloper(),
            actor: try context.requireActor().text)
        guard cancelled != nil else { throw HTTPProblem.notFound }
        return .noContent
    }

    private func promotion(_ context: APIContext) async throws -> Promotion {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let id = try context.pathIdentifier("promotion_id", of: Promotions.self)
        let developer = try context.requireDeveloper()
        guard let promotion = try await self.prices.promotion(id, of: game, developer: developer) else {
            throw HTTPProblem.notFound
        }
        return promotion
    }
}
