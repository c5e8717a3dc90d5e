public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// One row of the ledger. Never changed.
public struct LedgerRecord: Equatable, Sendable {
    public let id: UUID
    public let developer: DeveloperID
    /// Its place in the company's ledger: 1, 2, 3 … without gaps, in the order of commits.
    public let seq: Int64
    public let type: LedgerEntryType
    public let amount: Money
    public let game: GameID?
    public let payout: PayoutID?
    public let description: String?
    /// Who reported it, and under which id.
    public let source: String
    public let sourceID: String
    public let occurredAt: Date
    public let availableAt: Date
    public let recordedAt: Date

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("transaction_id")
        self.developer = try row("developer_id")
        self.seq = try row("seq")
        self.type = try row.word("type", as: LedgerEntryType.self)
        self.amount = try row.money("amount")
        self.game = try row("game_id")
        self.payout = try row("payout_id")
        self.description = try row("description")
        self.source = try row("source")
        self.sourceID = try row("source_id")
        self.occurredAt = try row("occurred_at")
        self.availableAt = try row("available_at")
        self.recordedAt = try row("recorded_at")
    }

    static let columns: SQL = """
        transaction_id, developer_id, seq, type, amount, currency, game_id, payout_id, description, source, source_id,
        occurred_at, available_at, recorded_at
        """
}

/// Which rows of the ledger are wanted; nil is for all.
public struct LedgerFilter: Equatable, Sendable {
    public var types: [LedgerEntryType] = []
    public var currency: Currency?
    public var game: GameID?
    /// By the time of the event itself.
    public var from: Date?
    public var until: Date?

    public init() {}
}

/// Where a page of the ledger begins.
public enum LedgerStart: Equatable, Sendable {
    /// Newest first, those before a place; nil for the newest of all.
    case before(Int64?)
    /// Oldest first, those after a place: for whoever keeps a copy.
    case after(Int64)
}
