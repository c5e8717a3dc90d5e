public import Content
public import FoundationEssentials
public import Postgres
public import Storefront

/// A payment of a company's money to its bank.
public enum Payout {}
public typealias PayoutID = Identifier<Payout>

/// One row of `developer_payouts`.
public struct PayoutRecord: Equatable, Sendable {
    public let id: PayoutID
    public let developer: DeveloperID
    public let amount: Money
    public let status: PayoutState
    public let requestedAt: Date
    /// When it was completed or failed.
    public let processedAt: Date?
    public let requestedBy: UserID?
    /// Which version of the payout details it goes by, and the last four digits of their account.
    public let detailsVersion: Int?
    public let accountHint: String?
    /// Why it failed: `cancelled`, or Payment Service's word.
    public let failureReason: String?
    /// Payment Service's name for it.
    public let reference: String?
    public let handedOverAt: Date?
    /// What Payment Service told besides: a JSON object.
    public let details: JSONValue?
    /// Grows with every change.
    public let revision: Int64
    /// Where it stands in a list.
    public let position: PayoutPosition

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("payout_id")
        self.developer = try row("developer_id")
        self.amount = try row.money("amount")
        self.status = try row.word("status", as: PayoutState.self)
        self.requestedAt = try row("requested_at")
        self.processedAt = try row("processed_at")
        self.requestedBy = try row("requested_by")
        let version: Int32? = try row("details_version")
        self.detailsVersion = version.map(Int.init)
        self.accountHint = try row("account_hint")
        self.failureReason = try row("failure_reason")
        self.reference = try row("reference")
        self.handedOverAt = try row("handed_over_at")
        let details: String? = try row("transaction_details")
        self.details = details.flatMap { try? JSONParser.parse(Array($0.utf8)) }
        self.revision = try row("revision")
        self.position = try PayoutPosition(row, id: self.id)
    }

    static let columns: SQL = """
        payout_id, developer_id, amount, currency, status, requested_at, processed_at, requested_by, details_version,
        account_hint, failure_reason, reference, handed_over_at, transaction_details, revision,
        \(ListPositions.column(of: "requested_at"))
        """
}

/// A place in the list of payouts.
public typealias PayoutPosition = ListPosition<PayoutID>

/// One line of a payout's history.
public struct PayoutEvent: Equatable, Sendable {
    public enum Verdict: String, CaseIterable, Sendable {
        case applied
        case old
        case contradiction
    }

    /// What was asked for or said: an event of `PayoutState`, or the word of Payment Service.
    public let event: String
    /// Who said it: `user`, `slipway`, `payment-service`.
    public let source: String
    public let verdict: Verdict
    /// Of the payout, after it.
    public let status: PayoutState
    public let reason: String?
    public let at: Date

    init(_ row: Row) throws(PostgresError) {
        self.event = try row("event")
        self.source = try row("source")
        self.verdict = try row.word("verdict", as: Verdict.self)
        self.status = try row.word("status", as: PayoutState.self)
        self.reason = try row("reason")
        self.at = try row("at")
    }
}
