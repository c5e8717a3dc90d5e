/// The number under which a company (13 digits) or a sole trader (15 digits, OGRNIP) stands in the state's register.
///
/// The last digit is the number before it modulo 11, or modulo 13 for sole traders, modulo 10 (Ministry of Finance, order
/// 165n of 30 October 2017, §§ 5–7).
public struct OGRN: Hashable, Sendable {
    public let text: String

    public init(_ text: String) throws(RequisiteFault) {
        let digits = try Digits(text, lengths: [13, 15])
        let body = digits.values.count - 1
        let first = digits.values[0]
        if body == 12 {
            guard first == 1 || first == 5 else { throw .prefix(allowed: ["1", "5"]) }
        } else {
            guard first == 3 else { throw .prefix(allowed: ["3"]) }
        }
        guard digits.number(of: body) % (body - 1) % 10 == digits.values[body] else { throw .checkDigit }
        self.text = text
    }

    /// Whether it is a sole trader's.
    public var isSoleTraders: Bool { self.text.utf8.count == 15 }
}
