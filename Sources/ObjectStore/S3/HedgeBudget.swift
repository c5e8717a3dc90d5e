/// Keeps second requests few: one for every 20 first ones, and never more than 8 in a row.
struct HedgeBudget: Equatable, Sendable {
    /// First requests that pay for a second one.
    static let price = 20

    /// What is saved up at most.
    static let limit = 8 * Self.price

    private var credit = Self.price

    mutating func begin() { self.credit = min(Self.limit, self.credit + 1) }

    /// - Returns: false when too many were sent.
    mutating func take() -> Bool {
        guard self.credit >= Self.price else { return false }
        self.credit -= Self.price
        return true
    }
}
