public import Content
public import Postgres
public import Storefront

/// Whoever must act when money moves: has payouts sent, tells people.
public protocol PayoutObserver: Sendable {
    /// A payout was requested, handed over, completed, cancelled or failed; commits together with that.
    func payoutMoved(_ payout: PayoutRecord, in transaction: Transaction) async throws

    /// The company's money is to go elsewhere from now on, or somebody has approved that it does.
    func detailsChanged(_ settings: PaymentSettings, in transaction: Transaction) async throws

    /// A company's money has just become enough to be paid out.
    func thresholdReached(by developer: DeveloperID, available: Money, in transaction: Transaction) async throws
}

/// Nobody.
public struct NoPayoutObserver: PayoutObserver {
    public init() {}

    public func payoutMoved(_ payout: PayoutRecord, in transaction: Transaction) async throws {}

    public func detailsChanged(_ settings: PaymentSettings, in transaction: Transaction) async throws {}

    public func thresholdReached(
        by developer: DeveloperID, available: Money, in transaction: Transaction
    ) async throws {}
}
