public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// A discount with a window: one row of `promotions`.
public struct Promotion: Equatable, Sendable {
    public let id: PromotionID
    public let game: GameID
    public let name: String
    public let discount: Discount
    /// It holds from here on,
    public let startsAt: Date
    /// and no more from here on.
    public let endsAt: Date
    public let cancelledAt: Date?
    /// By the database's clock, when it was read.
    public let state: PromotionState
    public let createdAt: Date
    public let updatedAt: Date
    public let revision: Int64

    init(_ row: Row) throws {
        let state: String = try row("state")
        let percent: Int16? = try row("percent")
        let price: String? = try row("price")
        guard let state = PromotionState(rawValue: state) else {
            throw PostgresError.decoding(column: "state", expected: "PromotionState", got: state)
        }
        self.id = try row("promotion_id")
        self.game = try row("game_id")
        self.name = try row("name")
        if let percent {
            self.discount = .percent(Int(percent))
        } else {
            self.discount = .price(try Money(price ?? "0", .rub))
        }
        self.startsAt = try row("starts_at")
        self.endsAt = try row("ends_at")
        self.cancelledAt = try row("cancelled_at")
        self.state = state
        self.createdAt = try row("created_at")
        self.updatedAt = try row("updated_at")
        self.revision = try row("revision")
    }

    /// The statement's clock, not the transaction's: a transaction may have waited for its turn.
    static let columns: SQL = """
        promotion_id, game_id, name, percent, price::text AS price, starts_at, ends_at, cancelled_at,
        CASE WHEN cancelled_at IS NOT NULL THEN 'cancelled'
             WHEN statement_timestamp() < starts_at THEN 'scheduled'
             WHEN statement_timestamp() < ends_at THEN 'active'
             ELSE 'ended' END AS state,
        created_at, updated_at, revision
        """
}

/// A discount with a window, of one game.
public enum Promotions {}
public typealias PromotionID = Identifier<Promotions>

/// What a company says of a promotion.
public struct PromotionTerms: Equatable, Sendable {
    public var name: String
    public var discount: Discount
    public var startsAt: Date
    public var endsAt: Date

    public init(name: String, discount: Discount, startsAt: Date, endsAt: Date) {
        self.name = name
        self.discount = discount
        self.startsAt = startsAt
        self.endsAt = endsAt
    }
}
