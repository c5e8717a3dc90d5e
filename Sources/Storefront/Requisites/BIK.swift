/// The number of a bank in the Bank of Russia's directory: nine digits, the first two of which are the country's.
public struct BIK: Hashable, Sendable {
    public let text: String

    public init(_ text: String) throws(RequisiteFault) {
        let digits = try Digits(text, lengths: [9])
        guard digits.values[0] == 0, digits.values[1] == 4 else { throw .prefix(allowed: ["04"]) }
        self.text = text
    }

    /// The digits that stand before an account kept with this bank when its check digit is counted.
    ///
    /// A bank's own are its last three; a settlement centre of the Bank of Russia, whose last three are 000 to 002, goes by
    /// its region instead.
    var accountPrefix: String {
        let last = String(self.text.suffix(3))
        return ["000", "001", "002"].contains(last) ? self.correspondentPrefix : last
    }

    /// The same for an account of the bank itself with the Bank of Russia.
    var correspondentPrefix: String { "0" + String(self.text.dropFirst(4).prefix(2)) }
}
