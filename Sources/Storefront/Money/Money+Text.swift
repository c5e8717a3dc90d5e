extension Money {
    /// Reads an amount from its digits.
    ///
    /// - Parameter text: `999`, `999.0`, `999.00`, `-0.5`; zeros behind the currency's last digit are taken, other digits
    ///   are not.
    /// - Throws: ``MoneyError/malformed``, ``MoneyError/tooPrecise(digits:)`` or ``MoneyError/overflow``.
    public init(_ text: String, _ currency: Currency) throws(MoneyError) {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        let halves = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), halves.allSatisfy(Self.areDigits) else { throw .malformed }
        var fraction = halves.count == 2 ? halves[1] : ""[...].utf8
        while fraction.count > currency.exponent, fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        guard fraction.count <= currency.exponent else { throw .tooPrecise(digits: currency.exponent) }
        var units: Int64 = 0
        let padding = repeatElement(UInt8(ascii: "0"), count: currency.exponent - fraction.count)
        for digit in Array(halves[0]) + Array(fraction) + Array(padding) {
            let (shifted, overflowed) = units.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflowed, !carried else { throw .overflow }
            units = sum
        }
        self.init(minorUnits: isNegative ? -units : units, currency)
    }

    /// Reads an amount from a JSON number, as it was written, or from a string.
    ///
    /// - Throws: as ``init(_:_:)``; ``MoneyError/malformed`` for any other kind of value.
    public init(_ json: JSONValue, _ currency: Currency) throws(MoneyError) {
        switch json {
        case .number(let number): try self.init(number.lexeme, currency)
        case .string(let text): try self.init(text, currency)
        case .null, .bool, .array, .object: throw .malformed
        }
    }

    /// With all digits of the currency: `999.00`, `-0.50`, `1500` (JPY).
    public var text: String {
        let sign = self.minorUnits < 0 ? "-" : ""
        let digits = String(self.minorUnits.magnitude)
        guard self.currency.exponent > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, self.currency.exponent + 1 - digits.utf8.count)) + digits
        return "\(sign)\(padded.dropLast(self.currency.exponent)).\(padded.suffix(self.currency.exponent))"
    }

    /// The digits as a JSON number.
    public var number: JSONValue { .number(JSONNumber(lexeme: self.text)) }

    /// `{"amount": "999.00", "currency": "RUB"}`: a string, so that no reader makes a binary fraction of it.
    public var json: JSONValue { ["amount": .string(self.text), "currency": .string(self.currency.code)] }

    private static func areDigits(_ text: Substring.UTF8View) -> Bool {
        !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension Money: CustomStringConvertible {
    public var description: String { "\(self.text) \(self.currency.code)" }
}
