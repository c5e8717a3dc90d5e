public import Content
public import Storefront

/// Everything Payment Service needs to pay a company out.
///
/// Holds the details in clear: made for one call, never kept, logged or enqueued.
public struct PayoutOrder: Sendable {
    public let payout: PayoutID
    public let developer: DeveloperID
    public let amount: Money
    public let details: PayoutDetails
}
