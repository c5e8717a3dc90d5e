/// How much less a game costs for a while.
public enum Discount: Hashable, Sendable {
    /// 1 to 99 hundredths off.
    case percent(Int)
    /// The base price while it holds; other currencies get the same part off.
    case price(Money)

    /// What is left of a list price.
    ///
    /// - Parameters:
    ///   - price: the list price, of any currency.
    ///   - base: the list price at home, which says what part a fixed price is.
    /// - Throws: ``MoneyError/overflow``. A free game stays free.
    public func applied(to price: Money, base: Money) throws(MoneyError) -> Money {
        switch self {
        case .percent(let percent): return try price.percent(100 - percent)
        case .price(let discounted):
            if price == base { return discounted }
            guard !base.isZero else { return price }
            return try price.multiplied(by: discounted.minorUnits, over: base.minorUnits)
        }
    }

    /// Whole hundredths off, as a badge shows them: rounded down, so that it never says more than is given.
    public func percent(off base: Money) -> Int {
        switch self {
        case .percent(let percent): return percent
        case .price(let price):
            guard base.minorUnits > 0 else { return 0 }
            return Int(Int128(base.minorUnits - price.minorUnits) * 100 / Int128(base.minorUnits))
        }
    }
}
