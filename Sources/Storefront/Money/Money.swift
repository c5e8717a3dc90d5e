/// An exact amount of one currency, in whole minor units.
///
/// Never a binary fraction: read from the digits somebody wrote, kept as an integer, written as digits again. What does
/// not come out even is rounded once, half to even, where it is divided (``multiplied(by:over:)``,
/// ``converted(at:to:)``).
public struct Money: Hashable, Sendable {
    /// Kopecks, cents; negative for what is owed.
    public let minorUnits: Int64
    public let currency: Currency

    public init(minorUnits: Int64, _ currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency) }

    public var isZero: Bool { self.minorUnits == 0 }
    public var isNegative: Bool { self.minorUnits < 0 }
}

/// Why an amount cannot be what was asked for.
public enum MoneyError: Error, Hashable, Sendable {
    /// Not `-?digits[.digits]`; exponents, spaces, signs and separators of thousands are not taken.
    case malformed
    /// More digits behind the point than the currency has, and not zeros.
    case tooPrecise(digits: Int)
    /// Beyond what 64 bits of minor units hold.
    case overflow
    /// Amounts of two currencies are not added or compared.
    case differentCurrencies(Currency, Currency)
    /// A division by nothing.
    case zeroDivisor
}
