import Content
import FoundationEssentials
import Postgres
import Storefront

/// What all changes of prices share. The caller holds the game's row.
extension Prices {
    /// Writes a promotion, new or over another one, if nothing stands in its way.
    ///
    /// - Throws: ``PricesError/overlap(name:startsAt:endsAt:)``, ``PricesError/cooldown(availableAt:)`` or
    ///   ``PricesError/refused(_:)``.
    @discardableResult
    func write(
        _ terms: PromotionTerms, over promotion: Promotion?, of game: GameRecord, in transaction: Transaction
    ) async throws -> PromotionID {
        let longest = self.policy.longestDiscount / .seconds(1)
        guard terms.endsAt.timeIntervalSince(terms.startsAt) <= longest else {
            throw PricesError.refused([
                PricingFinding(
                    .error, "/discount_end_date", "window", "a discount holds at most \(Int(longest / 86_400)) days")
            ])
        }
        try await self.refuseOverlap(terms, except: promotion?.id, of: game, in: transaction)
        try await self.refuseHaste(terms, except: promotion?.id, of: game, in: transaction)
        let (percent, price): (Int16?, String?) =
            switch terms.discount {
            case .percent(let percent): (Int16(percent), nil)
            case .price(let price): (nil, price.text)
            }
        let id = promotion?.id ?? PromotionID(UUID())
        try await transaction.execute(
            """
            INSERT INTO promotions (promotion_id, game_id, developer_id, name, percent, price, starts_at, ends_at)
            VALUES (\(id), \(game.id), \(game.developer), \(terms.name), \(percent), \(price)::numeric,
                    \(terms.startsAt), \(terms.endsAt))
            ON CONFLICT (promotion_id) DO UPDATE
            SET name = EXCLUDED.name, percent = EXCLUDED.percent, price = EXCLUDED.price,
                starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at, revision = promotions.revision + 1
            """)
        return id
    }

    func call(off promotion: Promotion, in transaction: Transaction) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE promotions SET cancelled_at = statement_timestamp(), revision = revision + 1
            WHERE promotion_id = \(promotion.id)
            """)
    }

    func open(of game: GameID, in transaction: Transaction) async throws -> [Promotion] {
        try await transaction.rows(
            """
            SELECT \(Promotion.columns) FROM promotions
            WHERE game_id = \(game) AND cancelled_at IS NULL AND ends_at > statement_timestamp()
            ORDER BY starts_at LIMIT 1000
            """
        ).map(Promotion.init)
    }

    /// Has the three columns show the promotion that holds or comes next, adds to the history, and tells.
    func settle(_ game: GameRecord, actor: String, in transaction: Transaction) async throws -> Pricing {
        let pricing = try await Pricing.read(game.id, by: transaction)
        let discount = try pricing.discountPrice()?.text
        let promotion = pricing.promotion
        try await transaction.execute(
            """
            INSERT INTO game_pricing AS page (game_id, discount_price, discount_start_date, discount_end_date)
            VALUES (\(game.id), \(discount)::numeric, \(promotion?.startsAt), \(promotion?.endsAt))
            ON CONFLICT (game_id) DO UPDATE
            SET discount_price = EXCLUDED.discount_price, discount_start_date = EXCLUDED.discount_start_date,
                discount_end_date = EXCLUDED.discount_end_date
            WHERE (page.discount_price, page.discount_start_date, page.discount_end_date)
                IS DISTINCT FROM
                  (EXCLUDED.discount_price, EXCLUDED.discount_start_date, EXCLUDED.discount_end_date)
            """)
        try await self.remember(pricing, of: game, discount: discount, actor: actor, in: transaction)
        let settled = try await Pricing.read(game.id, by: transaction)
        try await self.recording(game, settled, transaction)
        return settled
    }

    /// One line more in the history, unless the last one says the same.
    private func remember(
        _ pricing: Pricing, of game: GameRecord, discount: String?, actor: String, in transaction: Transaction
    ) async throws(PostgresError) {
        let regional = pricing.prices.regionalNumbers.description
        try await transaction.execute(
            """
            WITH fresh AS (
                SELECT \(pricing.prices.base.text)::numeric AS base_price, \(regional)::jsonb AS regional_prices,
                       \(discount)::numeric AS discount_price, \(pricing.promotion?.startsAt)::timestamptz AS starts_at,
                       \(pricing.promotion?.endsAt)::timestamptz AS ends_at
            ), last AS (
                SELECT * FROM price_history WHERE game_id = \(game.id) ORDER BY history_id DESC LIMIT 1
            )
            INSERT INTO price_history
                (game_id, developer_id, changed_at, base_price, regional_prices, discount_price, discount_start_date,
                 discount_end_date, actor)
            SELECT \(game.id), \(game.developer), statement_timestamp(), fresh.base_price, fresh.regional_prices,
                   fresh.discount_price, fresh.starts_at, fresh.ends_at, \(actor)
            FROM fresh LEFT JOIN last ON true
            WHERE (last.base_price, last.regional_prices, last.discount_price, last.discount_start_date,
                   last.discount_end_date)
                IS DISTINCT FROM
                  (fresh.base_price, fresh.regional_prices, fresh.discount_price, fresh.starts_at, fresh.ends_at)
            """)
    }

    private func refuseOverlap(
        _ terms: PromotionTerms, except promotion: PromotionID?, of game: GameRecord, in transaction: Transaction
    ) async throws {
        let other = try await transaction.row(
            """
            SELECT \(Promotion.columns) FROM promotions
            WHERE game_id = \(game.id) AND promotion_id IS DISTINCT FROM \(promotion) AND cancelled_at IS NULL
              AND ends_at > statement_timestamp() AND starts_at < \(terms.endsAt) AND ends_at > \(terms.startsAt)
            ORDER BY starts_at LIMIT 1
            """)
        guard let other = try other.map(Promotion.init) else { return }
        throw PricesError.overlap(name: other.name, startsAt: other.startsAt, endsAt: other.endsAt)
    }

    /// Players of a game that is or was on the shop see its full price between two discounts, and after it rose.
    ///
    /// A discount that nobody could see, because the game was not on the shop yet, does not count.
    private func refuseHaste(
        _ terms: PromotionTerms, except promotion: PromotionID?, of game: GameRecord, in transaction: Transaction
    ) async throws {
        guard let published = game.publishedAt else { return }
        let row = try await transaction.row(
            """
            SELECT max(until) AS available_at FROM (
                -- A discount before this one, or after it: the rest lies between.
                SELECT least(ends_at, coalesce(cancelled_at, ends_at)) + \(self.policy.cooldown) AS until
                FROM promotions
                WHERE game_id = \(game.id) AND promotion_id IS DISTINCT FROM \(promotion)
                  AND least(ends_at, coalesce(cancelled_at, ends_at)) > greatest(starts_at, \(published))
                  AND starts_at < \(terms.startsAt)
                UNION ALL
                SELECT ends_at + \(self.policy.cooldown) FROM promotions
                WHERE game_id = \(game.id) AND promotion_id IS DISTINCT FROM \(promotion) AND cancelled_at IS NULL
                  AND starts_at >= \(terms.endsAt) AND starts_at < \(terms.endsAt)::timestamptz + \(self.policy.cooldown)
                UNION ALL
                -- The last time the price rose.
                SELECT changed_at + \(self.policy.cooldown) FROM (
                    SELECT changed_at, base_price, lag(base_price) OVER (ORDER BY history_id) AS before
                    FROM price_history WHERE game_id = \(game.id)
                ) AS change
                WHERE base_price > before AND changed_at > \(published)
            ) AS rest
            WHERE until > \(terms.startsAt)
            """)
        guard let available: Date = try row?("available_at") ?? nil else { return }
        throw PricesError.cooldown(availableAt: available)
    }
}
