extension Money {
    /// - Throws: ``MoneyError/differentCurrencies(_:_:)`` or ``MoneyError/overflow``.
    public func adding(_ other: Money) throws(MoneyError) -> Money {
        try self.requireSameCurrency(as: other)
        let (sum, overflowed) = self.minorUnits.addingReportingOverflow(other.minorUnits)
        guard !overflowed else { throw .overflow }
        return Money(minorUnits: sum, self.currency)
    }

    /// - Throws: ``MoneyError/differentCurrencies(_:_:)`` or ``MoneyError/overflow``.
    public func subtracting(_ other: Money) throws(MoneyError) -> Money {
        try self.requireSameCurrency(as: other)
        let (difference, overflowed) = self.minorUnits.subtractingReportingOverflow(other.minorUnits)
        guard !overflowed else { throw .overflow }
        return Money(minorUnits: difference, self.currency)
    }

    /// - Throws: ``MoneyError/differentCurrencies(_:_:)``.
    public func isLess(than other: Money) throws(MoneyError) -> Bool {
        try self.requireSameCurrency(as: other)
        return self.minorUnits < other.minorUnits
    }

    /// A part of the amount, or a multiple, rounded half to even to a minor unit.
    ///
    /// - Parameter divisor: not 0.
    /// - Throws: ``MoneyError/zeroDivisor`` or ``MoneyError/overflow``.
    public func multiplied(by factor: Int64, over divisor: Int64) throws(MoneyError) -> Money {
        try Self.rounded(Int128(self.minorUnits) * Int128(factor), over: Int128(divisor), self.currency)
    }

    /// So many hundredths of the amount, rounded half to even.
    public func percent(_ percent: Int) throws(MoneyError) -> Money {
        try self.multiplied(by: Int64(percent), over: 100)
    }

    /// The same value in another currency, rounded half to even to its minor unit.
    ///
    /// - Parameter rate: units of the other currency for one of this.
    /// - Throws: ``MoneyError/zeroDivisor`` or ``MoneyError/overflow``.
    public func converted(at rate: Rate, to other: Currency) throws(MoneyError) -> Money {
        let (scaled, overflowed) = (Int128(self.minorUnits) * Int128(rate.numerator))
            .multipliedReportingOverflow(by: Int128(other.minorUnitsPerUnit))
        guard !overflowed else { throw .overflow }
        let divisor = Int128(rate.denominator) * Int128(self.currency.minorUnitsPerUnit)
        return try Self.rounded(scaled, over: divisor, other)
    }

    /// Adds up amounts of one currency.
    public static func sum(_ amounts: some Sequence<Money>, _ currency: Currency) throws(MoneyError) -> Money {
        var sum = Money.zero(currency)
        for amount in amounts { sum = try sum.adding(amount) }
        return sum
    }

    /// Half to even ("banker's rounding", IEEE 754 roundTiesToEven), so that many roundings do not lean to one side.
    private static func rounded(
        _ dividend: Int128, over divisor: Int128, _ currency: Currency
    ) throws(MoneyError) -> Money {
        guard divisor != 0 else { throw .zeroDivisor }
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        let (doubled, whole) = (remainder.magnitude * 2, divisor.magnitude)
        let isAway = doubled > whole || doubled == whole && !quotient.isMultiple(of: 2)
        let isNegative = (dividend < 0) != (divisor < 0)
        let rounded = isAway ? quotient + (isNegative ? -1 : 1) : quotient
        guard let units = Int64(exactly: rounded) else { throw .overflow }
        return Money(minorUnits: units, currency)
    }

    private func requireSameCurrency(as other: Money) throws(MoneyError) {
        guard self.currency == other.currency else { throw .differentCurrencies(self.currency, other.currency) }
    }
}

/// A ratio of two whole numbers: a rate of exchange, a share.
public struct Rate: Hashable, Sendable {
    public let numerator: Int64
    public let denominator: Int64

    /// - Parameter denominator: more than 0.
    public init(_ numerator: Int64, over denominator: Int64 = 1) {
        precondition(denominator > 0, "a rate divides by something")
        self.numerator = numerator
        self.denominator = denominator
    }
}
