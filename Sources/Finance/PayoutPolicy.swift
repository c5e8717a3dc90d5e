public import Storefront

/// When a company may have its money.
public struct PayoutPolicy: Sendable {
    /// The least that is paid out, for each currency that is.
    public var minimums: [Currency: Money]
    /// How long the same request again, without an idempotency key, is taken for a double click.
    public var repeatWindow: Duration
    /// How long a payout can be cancelled before it is given to Payment Service.
    public var handOverDelay: Duration
    /// How long nothing is paid out after the money was sent elsewhere than before; first details do not count.
    public var cooldown: Duration
    /// Whether a request must carry an idempotency key.
    public var requiresKey: Bool
    /// Whether only companies that the platform has checked are paid.
    public var requiresVerification: Bool
    /// Whether a second person must look at details that send the money elsewhere than before; first ones do not count.
    public var requiresSecondPerson: Bool

    /// 1,000.00 RUB, a minute for second thoughts, a day and a second person after a change of account.
    public static let standard = PayoutPolicy(
        minimums: [.rub: Money(minorUnits: 100_000, .rub)], repeatWindow: .seconds(60), handOverDelay: .seconds(60),
        cooldown: .seconds(86_400), requiresKey: false, requiresVerification: true, requiresSecondPerson: true)

    public init(
        minimums: [Currency: Money], repeatWindow: Duration, handOverDelay: Duration, cooldown: Duration,
        requiresKey: Bool, requiresVerification: Bool, requiresSecondPerson: Bool
    ) {
        self.minimums = minimums
        self.repeatWindow = repeatWindow
        self.handOverDelay = handOverDelay
        self.cooldown = cooldown
        self.requiresKey = requiresKey
        self.requiresVerification = requiresVerification
        self.requiresSecondPerson = requiresSecondPerson
    }
}
