public import Content
public import Storefront

/// A company asks for its money.
public struct PayoutRequest: Equatable, Sendable {
    public let developer: DeveloperID
    public let user: UserID?
    public let amount: Money
    /// The caller's name for this request: the same key is the same payout. 1 to 255 characters.
    public let key: String?

    public init(developer: DeveloperID, user: UserID?, amount: Money, key: String?) {
        self.developer = developer
        self.user = user
        self.amount = amount
        self.key = key
    }
}

/// What became of a request.
public enum PayoutAnswer: Equatable, Sendable {
    case requested(PayoutRecord)
    /// It was asked for before; nothing was done.
    case repeated(PayoutRecord)

    public var payout: PayoutRecord {
        switch self {
        case .requested(let payout), .repeated(let payout): payout
        }
    }
}
