import Content
import FoundationEssentials
public import Postgres
public import Storefront

/// What Catalog Service shows of a game, whole: it needs nothing of what it was told before.
public enum StorePage {
    /// Title, metadata, prices with their discount, and media with their texts.
    public static func json(of game: GameRecord, in executor: some SQLExecutor) async throws -> JSONValue {
        let listing = try await Listings.listing(of: game.id, by: executor)
        let pricing = try await Pricing.read(game.id, by: executor)
        return [
            "title": .string(game.title), "status": .string(game.status.rawValue),
            "metadata": Self.metadata(listing), "pricing": try Self.pricing(pricing),
            "media": .object(listing.mediaURLs),
        ]
    }

    private static func metadata(_ listing: Listing) -> JSONValue {
        [
            "description": .text(listing.description), "short_description": .text(listing.shortDescription),
            "system_requirements": listing.systemRequirements ?? .null,
            "tags": .array(listing.tags.map { .string($0) }), "genres": .array(listing.genres.map { .string($0) }),
            "age_rating": .text(listing.ageRating?.rawValue), "foreign_ratings": listing.foreignRatingsJSON,
            "revision": .integer(listing.revision),
        ]
    }

    /// List prices, and the discount with its window: whoever shows it needs no clock of ours.
    public static func pricing(_ pricing: Pricing) throws -> JSONValue {
        let discount: JSONValue
        if let promotion = pricing.promotion {
            discount = [
                "promotion_id": .string(promotion.id.description),
                "percent": .integer(promotion.discount.percent(off: pricing.prices.base)),
                "prices": try pricing.prices.discounted(by: promotion.discount).json,
                "starts_at": .string(promotion.startsAt.formatted(.iso8601)),
                "ends_at": .string(promotion.endsAt.formatted(.iso8601)),
            ]
        } else {
            discount = .null
        }
        return ["prices": pricing.prices.json, "discount": discount, "revision": .integer(pricing.revision)]
    }
}
