public import Storefront

/// A company's money in one currency.
///
/// ``total`` is the sum of the ledger, and ``available`` + ``pending`` + ``reserved``.
public struct Balance: Equatable, Sendable {
    public let total: Money
    /// Not yet to be paid out: buyers may still give their copies back.
    public let pending: Money
    /// Set aside for payouts that are under way.
    public let reserved: Money
    /// What can be paid out; negative when more was given back than earned.
    public let available: Money

    init(total: Money, pending: Money, reserved: Money) throws(MoneyError) {
        self.total = total
        self.pending = pending
        self.reserved = reserved
        self.available = try total.subtracting(pending).subtracting(reserved)
    }

    public var currency: Currency { self.total.currency }
}
