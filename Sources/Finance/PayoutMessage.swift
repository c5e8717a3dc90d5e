public import Storefront

/// Something Payment Service says of a payout, by a call or as the answer to one; whatever looks like an account in it is
/// masked.
public struct PayoutMessage: Equatable, Sendable {
    public let report: PayoutReport
    /// The message's own id, where it has one.
    public let id: String?
    /// Who says it: `payment-service`.
    public let source: String
    /// Why it failed.
    public let reason: String?
    /// Payment Service's name for the payout.
    public let reference: String?
    /// A JSON object that is kept with the payout.
    public let details: JSONValue?

    public init(
        _ report: PayoutReport, id: String?, source: String, reason: String?, reference: String?, details: JSONValue?
    ) {
        self.report = report
        self.id = id
        self.source = source
        self.reason = reason.map { AccountMask.masked($0) }
        self.reference = reference
        self.details = details.map { AccountMask.masked($0) }
    }
}
