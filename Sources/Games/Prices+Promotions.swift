public import Content
import FoundationEssentials
public import Postgres
public import Storefront

extension Prices {
    /// The promotions of a game, the latest start first.
    ///
    /// - Returns: nil when the company has no such game; at most 200.
    public func promotions(of game: GameID, developer: DeveloperID, state: PromotionState?) async throws -> [Promotion]?
    {
        guard try await Games.exists(game, of: developer, by: self.database) else { return nil }
        return try await self.database.rows(
            """
            SELECT * FROM (SELECT \(Promotion.columns) FROM promotions WHERE game_id = \(game)) AS promotion
            WHERE \(state?.rawValue)::text IS NULL OR state = \(state?.rawValue)::text
            ORDER BY starts_at DESC, promotion_id LIMIT 200
            """
        ).map(Promotion.init)
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func promotion(_ id: PromotionID, of game: GameID, developer: DeveloperID) async throws -> Promotion? {
        try await self.database.row(
            """
            SELECT \(Promotion.columns) FROM promotions
            WHERE promotion_id = \(id) AND game_id = \(game) AND developer_id = \(developer)
            """
        ).map(Promotion.init)
    }

    /// - Returns: nil when the company has no such game.
    /// - Throws: ``PricesError``, or `PostgresError`. Nothing is changed then.
    public func create(
        _ terms: PromotionTerms, for game: GameID, of developer: DeveloperID, actor: String
    ) async throws -> Promotion? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction) else { return nil }
            let current = try await Pricing.read(game, by: transaction)
            try self.check(terms, on: current)
            let id = try await self.write(terms, over: nil, of: record, in: transaction)
            _ = try await self.settle(record, actor: actor, in: transaction)
            return try await self.promotion(id, in: transaction)
        }
    }

    /// Changes a promotion that has not ended; the start of one that holds already has been.
    ///
    /// - Parameter change: makes the new terms of the present ones.
    /// - Returns: nil when it does not exist, or is another company's.
    /// - Throws: ``PricesError``, ``GamesError/stale(current:)``, `InvalidTransition` when it is over, or `PostgresError`.
    public func update(
        _ id: PromotionID, of game: GameID, developer: DeveloperID, ifRevision revision: Int64?, actor: String,
        _ change: (inout PromotionTerms) -> Void
    ) async throws -> Promotion? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let promotion = try await self.promotion(id, of: game, in: transaction)
            else { return nil }
            if let revision, revision != promotion.revision { throw GamesError.stale(current: promotion.revision) }
            guard promotion.state.isOpen else {
                throw InvalidTransition(
                    subject: PromotionState.subject, current: promotion.state.rawValue, requested: "update", allowed: []
                )
            }
            var terms = PromotionTerms(
                name: promotion.name, discount: promotion.discount, startsAt: promotion.startsAt,
                endsAt: promotion.endsAt)
            change(&terms)
            if promotion.state == .active, terms.startsAt != promotion.startsAt {
                throw PricesError.refused([PricingFinding(.error, "/starts_at", "window", "it has begun already")])
            }
            try self.check(terms, on: try await Pricing.read(game, by: transaction))
            try await self.write(terms, over: promotion, of: record, in: transaction)
            _ = try await self.settle(record, actor: actor, in: transaction)
            return try await self.promotion(id, in: transaction)
        }
    }

    /// Calls a promotion off, or ends it before its time.
    ///
    /// - Returns: nil when it does not exist, or is another company's.
    /// - Throws: `InvalidTransition` when it is over, or `PostgresError`.
    public func cancel(
        _ id: PromotionID, of game: GameID, developer: DeveloperID, actor: String
    ) async throws -> Promotion? {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, of: developer, by: transaction),
                let promotion = try await self.promotion(id, of: game, in: transaction)
            else { return nil }
            _ = try promotion.state.applying(.cancel)
            try await self.call(off: promotion, in: transaction)
            _ = try await self.settle(record, actor: actor, in: transaction)
            return try await self.promotion(id, in: transaction)
        }
    }

    private func check(_ terms: PromotionTerms, on current: Pricing) throws(PricesError) {
        var findings: [PricingFinding] = []
        let pointer =
            switch terms.discount {
            case .percent: "/discount_percent"
            case .price: "/discount_price"
            }
        if let objection = self.policy.objection(to: terms.discount, on: current.prices, at: pointer) {
            findings.append(objection)
        }
        if terms.endsAt <= terms.startsAt {
            findings.append(PricingFinding(.error, "/ends_at", "window", "must be later than the start"))
        } else if terms.endsAt <= current.readAt {
            findings.append(PricingFinding(.error, "/ends_at", "window", "must not be over already"))
        }
        guard findings.isEmpty else { throw .refused(findings) }
    }

    func promotion(_ id: PromotionID, in transaction: Transaction) async throws -> Promotion? {
        try await transaction.row("SELECT \(Promotion.columns) FROM promotions WHERE promotion_id = \(id)")
            .map(Promotion.init)
    }

    private func promotion(_ id: PromotionID, of game: GameID, in transaction: Transaction) async throws -> Promotion? {
        try await transaction.row(
            "SELECT \(Promotion.columns) FROM promotions WHERE promotion_id = \(id) AND game_id = \(game)"
        ).map(Promotion.init)
    }
}

extension Prices {
    /// Whether somebody has said what a game costs, be it nothing.
    public static func hasPrice(_ game: GameID, in executor: some SQLExecutor) async throws(PostgresError) -> Bool {
        try await executor.row("SELECT FROM game_pricing WHERE game_id = \(game)") != nil
    }
}
