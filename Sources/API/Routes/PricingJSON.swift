import Content
import FoundationEssentials
import Games
import Storefront

/// Prices and promotions as JSON.
enum PricingJSON {
    /// The specification's fields with the digits of each currency, and beside them what they mean now.
    static func pricing(_ pricing: Pricing, warnings: [PricingFinding]) throws -> JSONValue {
        let effective = try pricing.effective()
        let discountPrice = try pricing.discountPrice()
        return [
            "game_id": .string(pricing.game.description), "currency": .string(pricing.prices.base.currency.code),
            "base_price": pricing.prices.base.number, "regional_prices": pricing.prices.regionalNumbers,
            "discount_price": self.number(discountPrice), "discount_start_date": .time(pricing.promotion?.startsAt),
            "discount_end_date": .time(pricing.promotion?.endsAt), "effective_price": effective.base.number,
            "prices": pricing.prices.json, "effective": self.effective(effective, of: pricing),
            "promotion": pricing.promotion.map(self.promotion) ?? .null, "warnings": .array(warnings.map(\.json)),
            "updated_at": .time(pricing.updatedAt),
        ]
    }

    /// What players pay now, and until when it stays so.
    private static func effective(_ prices: PriceList, of pricing: Pricing) -> JSONValue {
        let holds = pricing.promotion.flatMap { $0.state == .active ? $0 : nil }
        let percent: Int = holds?.discount.percent(off: pricing.prices.base) ?? 0
        return [
            "prices": prices.json, "discount_percent": .integer(percent),
            "promotion_id": .text(holds?.id.description),
            "until": .time(holds?.endsAt ?? pricing.promotion?.startsAt), "as_of": .time(pricing.readAt),
        ]
    }

    private static func number(_ price: Money?) -> JSONValue { price?.number ?? .null }

    static func promotion(_ promotion: Promotion) -> JSONValue {
        let (percent, price): (Int?, Money?) =
            switch promotion.discount {
            case .percent(let percent): (percent, nil)
            case .price(let price): (nil, price)
            }
        return [
            "promotion_id": .string(promotion.id.description), "game_id": .string(promotion.game.description),
            "name": .string(promotion.name), "status": .string(promotion.state.rawValue),
            "discount_percent": .integer(percent), "discount_price": self.number(price),
            "starts_at": .time(promotion.startsAt), "ends_at": .time(promotion.endsAt),
            "cancelled_at": .time(promotion.cancelledAt), "created_at": .time(promotion.createdAt),
            "updated_at": .time(promotion.updatedAt),
        ]
    }

    static func entry(_ entry: PriceHistoryEntry) -> JSONValue {
        [
            "changed_at": .time(entry.changedAt), "base_price": entry.prices.base.number,
            "regional_prices": entry.prices.regionalNumbers, "discount_price": self.number(entry.discountPrice),
            "discount_start_date": .time(entry.discountStart), "discount_end_date": .time(entry.discountEnd),
            "actor": .string(entry.actor),
        ]
    }
}
