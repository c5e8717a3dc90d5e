/// What moved money on a company's account with the platform.
public enum LedgerEntryType: String, CaseIterable, Hashable, Sendable {
    /// A copy was sold; the company's share.
    case sale
    /// A buyer got the money back.
    case refund
    /// The platform's commission, where it is not taken off the sale already.
    case fee
    case tax
    /// Money left for the company's bank.
    case payout
    /// A correction, either way, with a reason.
    case adjustment
    /// A service of the platform that the company bought.
    case serviceFee = "service_fee"

    /// Whether an amount may be of this sign.
    ///
    /// - Parameter sign: -1, 0 or 1. Zero moves nothing and is never right.
    public func allows(sign: Int) -> Bool {
        switch self {
        case .sale: sign > 0
        case .refund, .fee, .payout, .serviceFee: sign < 0
        case .tax, .adjustment: sign != 0
        }
    }

    /// Whether other services may report it; payouts are entered here, when they are settled.
    public var isReported: Bool { self != .payout }

    /// Types that other services may report.
    public static let reported = Self.allCases.filter(\.isReported)
}
