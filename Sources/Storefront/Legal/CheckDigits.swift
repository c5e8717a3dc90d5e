/// The check digits of Russian numbers: what finds a mistyped one without asking anybody.
///
/// All take digits only, and answer false for any other text.
public enum CheckDigits {
    /// A taxpayer's number (INN): 10 digits of a legal entity, 12 of a person.
    ///
    /// Order of the Federal Tax Service of 29.06.2012 № ММВ-7-6/435@: weighted sums modulo 11, then 10.
    public static func isTaxNumber(_ text: String) -> Bool {
        guard let digits = Self.digits(text) else { return false }
        let last = [2, 4, 10, 3, 5, 9, 4, 6, 8]
        switch digits.count {
        case 10: return Self.check(digits, weights: last, at: 9)
        case 12:
            return Self.check(digits, weights: [7] + [2, 4, 10, 3, 5, 9, 4, 6, 8], at: 10)
                && Self.check(digits, weights: [3, 7] + last, at: 11)
        default: return false
        }
    }

    /// A state registration number: OGRN with 13 digits of a legal entity, OGRNIP with 15 of a sole trader.
    ///
    /// The number without its last digit, modulo 11 or 13, modulo 10 (Order of the Ministry of Finance of 30.10.2017 № 165н).
    public static func isRegistrationNumber(_ text: String) -> Bool {
        guard let digits = Self.digits(text), digits.count == 13 || digits.count == 15, digits[0] != 0 else {
            return false
        }
        let modulus = digits.count == 13 ? 11 : 13
        let remainder = digits.dropLast().reduce(0) { ($0 * 10 + $1) % modulus }
        return remainder % 10 == digits[digits.count - 1]
    }

    /// A reason code of tax registration (KPP): four digits, two digits or letters, three digits; it has no check digit.
    public static func isReasonCode(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 9
            && bytes.enumerated().allSatisfy { index, byte in
                let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                return isDigit || (index == 4 || index == 5) && isLetter
            }
    }

    /// A bank's identification code (BIK): nine digits that begin with 00 to 04; the last three name the bank, 050 and up,
    /// or a settlement centre, 000 to 002.
    public static func isBankCode(_ text: String) -> Bool {
        guard let digits = Self.digits(text), digits.count == 9, digits[0] == 0, digits[1] <= 4 else { return false }
        let branch = digits[6] * 100 + digits[7] * 10 + digits[8]
        return branch >= 50 || branch <= 2
    }

    /// A settlement account of 20 digits at the bank of this code.
    ///
    /// Weights 7, 1, 3 over the bank's last three digits and the account; the sum of the last digits of the products ends
    /// in 0 (Bank of Russia, 08.09.1997 № 515). At a settlement centre the bank's part is 0 and its fifth and sixth digits.
    public static func isAccount(_ text: String, atBank code: String) -> Bool {
        guard let account = Self.digits(text), account.count == 20, Self.isBankCode(code),
            let bank = Self.digits(code)
        else { return false }
        let isCentre = bank[6] == 0 && bank[7] == 0 && bank[8] <= 2
        return Self.balances((isCentre ? [0, bank[4], bank[5]] : Array(bank[6...])) + account)
    }

    /// A bank's own account at the Bank of Russia (correspondent account): 20 digits, beginning with 301, ending as the code.
    public static func isCorrespondentAccount(_ text: String, ofBank code: String) -> Bool {
        guard let account = Self.digits(text), account.count == 20, Self.isBankCode(code),
            let bank = Self.digits(code), Array(account[..<3]) == [3, 0, 1], Array(account[17...]) == Array(bank[6...])
        else { return false }
        return Self.balances([0, bank[4], bank[5]] + account)
    }

    private static func balances(_ digits: [Int]) -> Bool {
        let weights = [7, 1, 3]
        return digits.enumerated().reduce(0) { $0 + $1.element * weights[$1.offset % 3] % 10 } % 10 == 0
    }

    private static func check(_ digits: [Int], weights: [Int], at place: Int) -> Bool {
        zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } % 11 % 10 == digits[place]
    }

    private static func digits(_ text: String) -> [Int]? {
        var digits: [Int] = []
        for byte in text.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            digits.append(Int(byte - UInt8(ascii: "0")))
        }
        return digits
    }
}
