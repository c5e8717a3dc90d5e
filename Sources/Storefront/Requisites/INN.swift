/// A taxpayer's number: 10 digits of a company, 12 of a person.
///
/// Check digits as the Federal Tax Service's order ED-7-14/559 of 29 June 2012 (annex) has them: weighted sums modulo 11,
/// then modulo 10. The weights must never change.
public struct INN: Hashable, Sendable {
    /// The digits.
    public let text: String

    public init(_ text: String) throws(RequisiteFault) {
        let digits = try Digits(text, lengths: [10, 12])
        let last = digits.values.count - 1
        if last == 9 {
            guard digits.weighted(Self.company) % 11 % 10 == digits.values[9] else { throw .checkDigit }
        } else {
            guard digits.weighted(Self.personFirst) % 11 % 10 == digits.values[10],
                digits.weighted(Self.personSecond) % 11 % 10 == digits.values[11]
            else { throw .checkDigit }
        }
        guard digits.values.contains(where: { $0 != 0 }) else { throw .checkDigit }
        self.text = text
    }

    /// Whether it is a person's, sole traders included.
    public var isPersons: Bool { self.text.utf8.count == 12 }

    private static let company = [2, 4, 10, 3, 5, 9, 4, 6, 8]
    private static let personFirst = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
    private static let personSecond = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
}
