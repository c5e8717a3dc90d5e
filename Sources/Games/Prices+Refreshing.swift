public import Content
import FoundationEssentials
public import Postgres
public import Storefront

/// A promotion that began or ended since everybody was told of it last.
public struct PromotionTurn: Sendable {
    public let promotion: Promotion
    /// `active` or `ended`.
    public let state: PromotionState
}

extension Prices {
    /// Looks which promotions of a game began or ended, shows the right one, and tells; for the job that comes at those
    /// moments.
    ///
    /// Safe to repeat: what was told is not told again.
    ///
    /// - Parameter telling: told of each turn, in order of time, in the transaction.
    public func refresh(
        _ game: GameID, telling: (GameRecord, PromotionTurn, Transaction) async throws -> Void
    ) async throws {
        try await self.database.transaction { transaction in
            guard let record = try await Games.lock(game, by: transaction) else { return }
            let turned = try await transaction.rows(
                """
                SELECT * FROM (SELECT \(Promotion.columns), announced FROM promotions WHERE game_id = \(game)) AS promotion
                WHERE state <> announced AND state IN ('active', 'ended')
                ORDER BY starts_at LIMIT 100
                """
            ).map(Promotion.init)
            guard !turned.isEmpty else { return }
            for promotion in turned {
                try await transaction.execute(
                    "UPDATE promotions SET announced = \(promotion.state.rawValue) WHERE promotion_id = \(promotion.id)"
                )
                try await telling(record, PromotionTurn(promotion: promotion, state: promotion.state), transaction)
            }
            _ = try await self.settle(record, actor: "system:clock", in: transaction)
        }
    }

    /// When the next promotion of a game begins or ends, from now; nil when none will.
    public static func nextTurn(of game: GameID, in transaction: Transaction) async throws(PostgresError) -> Duration? {
        let row = try await transaction.row(
            """
            SELECT (extract(epoch FROM min(moment) - statement_timestamp()) * 1000)::bigint AS milliseconds FROM (
                SELECT starts_at AS moment FROM promotions WHERE game_id = \(game) AND cancelled_at IS NULL
                UNION ALL
                SELECT ends_at FROM promotions WHERE game_id = \(game) AND cancelled_at IS NULL
            ) AS turn
            WHERE moment > statement_timestamp()
            """)
        let milliseconds: Int64? = try row?("milliseconds") ?? nil
        return milliseconds.map { .milliseconds($0) }
    }
}
