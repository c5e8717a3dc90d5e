import Content
import Games
import HTTPTypes
import Hummingbird
import Platform
import Releases
import Storefront

/// What a game's store page says.
struct ListingRoutes: Sendable {
    private let games: GameReader
    private let shop: ShopServices
    private let limits: APILimits

    /// Characters.
    static let longestDescription = 50_000
    static let longestShortDescription = 500
    static let mostTags = 50
    static let mostGenres = 10
    static let longestWord = 50

    init(_ services: APIServices) {
        self.games = GameReader(services)
        self.shop = services.shop
        self.limits = services.limits
    }

    /// `GET /games/{game_id}/metadata`: an empty document when nobody has written anything.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let listing = try await self.listing(of: game, developer: try context.requireDeveloper())
        let tag = EntityTag(revision: listing.revision)
        return request.alreadyHas(tag) ? .notModified(tag) : .json(ListingJSON.listing(listing), tag: tag)
    }

    /// `PUT /games/{game_id}/metadata`: what is absent stays, null clears.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        var fields = Fields(try await request.readObject(within: self.limits))
        var change = ListingChange()
        change.description = fields.cleanText("description", length: Self.longestDescription, allowsLines: true)
        change.shortDescription = fields.cleanText(
            "short_description", length: Self.longestShortDescription, allowsLines: true)
        change.systemRequirements = RequirementsReader("system_requirements").read(from: &fields)
        change.tags = fields.words("tags", count: Self.mostTags, length: Self.longestWord)
        change.genres = fields.words("genres", count: Self.mostGenres, length: Self.longestWord)
        change.ageRating = fields.choiceUpdate("age_rating", of: AgeRating.self)
        change.foreignRatings = fields.foreignRatings("foreign_ratings")
        try fields.finish()
        let current = try await self.listing(of: game.id, developer: game.developer)
        let isConditional = try request.checkMatch(EntityTag(revision: current.revision))
        let releases = self.shop.releases
        let listing = try await self.shop.listings.update(
            game.id, of: game.developer, change, ifRevision: isConditional ? current.revision : nil
        ) { before, changed, transaction in
            try await releases.tellListingChanged(changed.game, of: game.developer, in: transaction)
            try await AuditLog.append(
                AuditEntry(
                    developer: game.developer, action: "metadata.updated", target: "game/\(game.id)",
                    from: ListingJSON.listing(before).object ?? JSONObject(),
                    to: ListingJSON.listing(changed).object ?? JSONObject()),
                in: transaction)
        }
        guard let listing else { throw HTTPProblem.notFound }
        return .json(ListingJSON.listing(listing), tag: EntityTag(revision: listing.revision))
    }

    private func listing(of game: GameID, developer: DeveloperID) async throws -> Listing {
        guard let listing = try await self.shop.listings.listing(of: game, developer: developer) else {
            throw HTTPProblem.notFound
        }
        return listing
    }
}
