public import Content
import FoundationEssentials
public import Postgres
public import Storefront

/// Prices and promotions: owner of `game_pricing`, `promotions` and `price_history`.
///
/// Every writer of one game's prices holds the game's row. After each change the specification's three discount columns
/// show the promotion that holds or comes next, the history has one line more, and whoever must hear of it is told.
public struct Prices: Sendable {
    /// What else happens in the transaction of a change; it is given the prices as they are then.
    public typealias Recording = @Sendable (GameRecord, Pricing, Transaction) async throws -> Void

    let database: Database
    public let policy: PricingPolicy
    let recording: Recording

    /// - Parameter recording: tells the other services, and has ``refresh(_:)`` called when a promotion begins or ends.
    public init(database: Database, policy: PricingPolicy, recording: @escaping Recording) {
        self.database = database
        self.policy = policy
        self.recording = recording
    }

    /// - Returns: free prices when nobody has said any; nil when the company has no such game.
    public func pricing(of game: GameID, developer: DeveloperID) async throws -> Pricing? {
        guard try await Games.exists(game, of: developer, by: self.database) else { return nil }
        return try await Pricing.read(game, by: self.database)
    }

    /// Changes prices and the discount; what is kept stays as it is.
    ///
    /// - Parameters:
    ///   - revision: the revision the caller saw; nil to change whatever is there.
    ///   - actor: who does it, for the history.
    /// - Returns: the prices, and what somebody should look at twice; nil when the company has no such game.
    /// - Throws: ``PricesError``, ``GamesError/stale(current:)``, or `PostgresError`. Nothing is changed then.
    public func update(
        _ game: GameID, of developer: DeveloperID, _ change: PricingChange, ifRevision revision: Int64?, actor: String
    ) async throws -> (Pricing, warnings: [PricingFinding])? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction) else { return nil }
            let current = try await Pricing.read(game, by: transaction)
            if let revision, revision != current.revision { throw GamesError.stale(current: current.revision) }
            let prices = change.prices(after: current.prices)
            let findings = try await self.check(prices, after: current, change, of: record, in: transaction)
            try await transaction.execute(
                """
                INSERT INTO game_pricing AS page (game_id, base_price, regional_prices)
                VALUES (\(game), \(prices.base.text)::numeric, \(prices.regionalNumbers.description)::jsonb)
                ON CONFLICT (game_id) DO UPDATE
                SET base_price = EXCLUDED.base_price, regional_prices = EXCLUDED.regional_prices,
                    revision = page.revision + 1
                """)
            try await self.setDiscount(change, after: current, of: record, in: transaction)
            let changed = try await self.settle(record, actor: actor, in: transaction)
            return (changed, findings.filter { $0.severity == .warning })
        }
    }

    /// What an update would do, and everything it would be refused or warned for; changes nothing.
    public func preview(
        _ game: GameID, of developer: DeveloperID, _ change: PricingChange
    ) async throws -> (prices: PriceList, discounted: PriceList?, findings: [PricingFinding])? {
        guard let current = try await self.pricing(of: game, developer: developer) else { return nil }
        let prices = change.prices(after: current.prices)
        var findings = self.policy.bands(of: prices)
        let discount: Discount?
        switch change.discount {
        case .set(let price): discount = .price(price)
        case .keep: discount = current.promotion?.discount
        case .clear: discount = nil
        }
        if let discount, let objection = self.policy.objection(to: discount, on: prices, at: "/discount_price") {
            return (prices, nil, findings + [objection])
        }
        findings += Self.objections(toWindowOf: change, after: current)
        return (prices, try discount.map { try prices.discounted(by: $0) }, findings)
    }

    /// What a game cost when, newest first.
    ///
    /// - Parameter before: the number of the last entry of the page before.
    public func history(
        of game: GameID, developer: DeveloperID, before: Int64?, limit: Int
    ) async throws -> [PriceHistoryEntry] {
        try await self.database.rows(
            """
            SELECT history_id, changed_at, base_price::text AS base_price, regional_prices::text AS regional_prices,
                   discount_price::text AS discount_price, discount_start_date, discount_end_date, actor
            FROM price_history
            WHERE game_id = \(game) AND developer_id = \(developer)
              AND (\(before)::bigint IS NULL OR history_id < \(before)::bigint)
            ORDER BY history_id DESC LIMIT \(limit)
            """
        ).map(PriceHistoryEntry.init)
    }

    private func check(
        _ prices: PriceList, after current: Pricing, _ change: PricingChange, of game: GameRecord,
        in transaction: Transaction
    ) async throws -> [PricingFinding] {
        var findings = self.policy.bands(of: prices)
        findings += Self.objections(toWindowOf: change, after: current)
        if case .set(let price) = change.discount,
            let objection = self.policy.objection(to: .price(price), on: prices, at: "/discount_price")
        {
            findings.append(objection)
        }
        // What is planned already must hold with the new base price, too.
        if prices.base != current.prices.base {
            for promotion in try await self.open(of: game.id, in: transaction)
            where !(change.touchesDiscount(current) && promotion.id == current.promotion?.id) {
                guard let objection = self.policy.objection(to: promotion.discount, on: prices, at: "/base_price")
                else {
                    continue
                }
                findings.append(
                    PricingFinding(
                        .error, "/base_price", objection.code, "the promotion \(promotion.name): \(objection.message)"))
            }
        }
        let refused = findings.filter { $0.severity == .error }
        guard refused.isEmpty else { throw PricesError.refused(refused) }
        return findings
    }

    /// The window is looked at alone; what stands in its way is looked at when it is written.
    private static func objections(toWindowOf change: PricingChange, after current: Pricing) -> [PricingFinding] {
        guard change.touchesDiscount(current), change.discount != .clear else { return [] }
        guard change.discount != .keep || current.promotion != nil else {
            return [
                PricingFinding(.error, "/discount_price", "discount", "there is no discount whose dates could change")
            ]
        }
        let start = change.discountStart.applied(to: current.promotion?.startsAt) ?? current.readAt
        guard let end = change.discountEnd.applied(to: current.promotion?.endsAt) else {
            return [PricingFinding(.error, "/discount_end_date", "required", "a discount has an end")]
        }
        guard end > start else {
            return [PricingFinding(.error, "/discount_end_date", "window", "must be later than the start")]
        }
        guard end > current.readAt else {
            return [PricingFinding(.error, "/discount_end_date", "window", "must not be over already")]
        }
        return []
    }

    /// Creates, changes or calls off the promotion that the three columns show.
    private func setDiscount(
        _ change: PricingChange, after current: Pricing, of game: GameRecord, in transaction: Transaction
    ) async throws {
        guard change.touchesDiscount(current) else { return }
        if change.discount == .clear {
            guard let promotion = current.promotion else { return }
            return try await self.call(off: promotion, in: transaction)
        }
        let terms = PromotionTerms(
            name: current.promotion?.name ?? "Discount",
            discount: change.discount.applied(to: nil).map { .price($0) } ?? current.promotion?.discount ?? .percent(1),
            startsAt: change.discountStart.applied(to: current.promotion?.startsAt) ?? current.readAt,
            endsAt: change.discountEnd.applied(to: current.promotion?.endsAt) ?? current.readAt)
        try await self.write(terms, over: current.promotion, of: game, in: transaction)
    }
}

extension PricingChange {
    func prices(after current: PriceList) -> PriceList {
        PriceList(
            base: self.base.applied(to: current.base) ?? .zero(.rub),
            regional: self.regional.applied(to: current.regional) ?? [:])
    }
}
