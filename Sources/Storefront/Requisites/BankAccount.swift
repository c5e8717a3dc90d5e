/// An account with a Russian bank: 20 digits, one of which proves that they belong to this bank.
///
/// Three digits of the bank and the account are weighted 7, 1, 3, 7, 1, 3 …; the last digits of the products add up to a
/// multiple of ten (Central Bank of Russia, order of calculating the control key, N 515 of 8 September 1997).
public struct BankAccount: Hashable, Sendable {
    /// The 20 digits.
    public let text: String

    /// A customer's account.
    public init(_ text: String, at bank: BIK) throws(RequisiteFault) {
        try self.init(text, prefix: bank.accountPrefix)
    }

    /// The bank's own account with the Bank of Russia.
    public init(correspondent text: String, of bank: BIK) throws(RequisiteFault) {
        guard text.hasPrefix("301") else {
            _ = try Digits(text, lengths: [20])
            throw .prefix(allowed: ["301"])
        }
        try self.init(text, prefix: bank.correspondentPrefix)
    }

    private init(_ text: String, prefix: String) throws(RequisiteFault) {
        let account = try Digits(text, lengths: [20])
        let digits = try Digits(prefix, lengths: [3]).values + account.values
        let sum = digits.enumerated().reduce(0) { $0 + $1.element * Self.weights[$1.offset % 3] % 10 }
        guard sum % 10 == 0 else { throw .checkDigit }
        self.text = text
    }

    private static let weights = [7, 1, 3]
}
