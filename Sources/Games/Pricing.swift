public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// What a game costs, now and next: one row of `game_pricing`, or the free prices of a game that has none, with the
/// promotion that holds or comes next.
public struct Pricing: Equatable, Sendable {
    public let game: GameID
    public let prices: PriceList
    /// The one that holds now, or else the next one; the specification's three columns show it.
    public let promotion: Promotion?
    /// When this was read, by the database's clock.
    public let readAt: Date
    /// Nil when nobody has said a price yet.
    public let updatedAt: Date?
    /// Grows with every change; 0 while nobody has said a price.
    public let revision: Int64

    /// What players pay at this moment.
    public func effective() throws(MoneyError) -> PriceList {
        guard let promotion, promotion.state == .active else { return self.prices }
        return try self.prices.discounted(by: promotion.discount)
    }

    /// The base price while the promotion holds, as `discount_price` shows it.
    public func discountPrice() throws(MoneyError) -> Money? {
        try self.promotion.map { promotion throws(MoneyError) in
            try promotion.discount.applied(to: self.prices.base, base: self.prices.base)
        }
    }

    static func read(_ game: GameID, by executor: some SQLExecutor) async throws -> Pricing {
        let open = try await executor.row(
            """
            SELECT \(Promotion.columns) FROM promotions
            WHERE game_id = \(game) AND cancelled_at IS NULL AND ends_at > statement_timestamp()
            ORDER BY starts_at, promotion_id LIMIT 1
            """)
        let row = try await executor.row(
            """
            SELECT statement_timestamp() AS read_at, page.base_price::text AS base_price,
                   page.regional_prices::text AS regional_prices, page.updated_at, page.revision
            FROM (SELECT) AS one LEFT JOIN game_pricing AS page ON page.game_id = \(game)
            """)
        guard let row else { throw PostgresError.unexpected("a left join gave no row") }
        let base: String? = try row("base_price")
        let regional: String? = try row("regional_prices")
        let revision: Int64? = try row("revision")
        return Pricing(
            game: game, prices: try Self.prices(base: base, regional: regional),
            promotion: try open.map(Promotion.init), readAt: try row("read_at"), updatedAt: try row("updated_at"),
            revision: revision ?? 0)
    }

    static func prices(base: String?, regional: String?) throws -> PriceList {
        var prices = PriceList(base: try Money(base ?? "0", .rub))
        guard case .object(let object)? = try regional.map({ try JSONParser.parse(Array($0.utf8)) }) else {
            return prices
        }
        for (code, price) in object.members {
            guard let country = Country(code) else { continue }
            prices.regional[country] = try Money(price, country.currency)
        }
        return prices
    }
}

/// What a company changes of its prices.
public struct PricingChange: Equatable, Sendable {
    public var base: Update<Money> = .keep
    /// All regional prices; those that are not named are gone.
    public var regional: Update<[Country: Money]> = .keep
    /// The price at home while the discount holds; cleared, the discount is called off.
    public var discount: Update<Money> = .keep
    public var discountStart: Update<Date> = .keep
    public var discountEnd: Update<Date> = .keep

    public init() {}

    /// Whether anything about the discount changes; clearing dates of no discount does not.
    func touchesDiscount(_ current: Pricing) -> Bool {
        if self.discount != .keep { return true }
        if case .set = self.discountStart { return true }
        if case .set = self.discountEnd { return true }
        return current.promotion != nil && (self.discountStart != .keep || self.discountEnd != .keep)
    }
}

/// A price list that held once.
public struct PriceHistoryEntry: Sendable {
    public let number: Int64
    public let changedAt: Date
    public let prices: PriceList
    public let discountPrice: Money?
    public let discountStart: Date?
    public let discountEnd: Date?
    public let actor: String

    init(_ row: Row) throws {
        let discount: String? = try row("discount_price")
        self.number = try row("history_id")
        self.changedAt = try row("changed_at")
        self.prices = try Pricing.prices(base: try row("base_price"), regional: try row("regional_prices"))
        self.discountPrice = try discount.map { try Money($0, .rub) }
        self.discountStart = try row("discount_start_date")
        self.discountEnd = try row("discount_end_date")
        self.actor = try row("actor")
    }
}
