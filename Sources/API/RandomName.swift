/// Names that nobody guesses or gives twice, from the system's generator, which opens no file for it.
enum RandomName {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Lower-case hexadecimal digits, not all zero.
    ///
    /// - Parameter count: 1 to 32.
    static func hexadecimal(_ count: Int) -> String {
        let bits = min(max(count, 1), 32) * 4
        let number = UInt128.random(in: 1...(UInt128.max >> (128 - bits)))
        return String(decoding: self.bytes(of: number, count: bits / 4), as: UTF8.self)
    }

    /// A version 4 UUID (RFC 9562 §5.4), lower-case.
    static func uuid() -> String {
        var text = self.bytes(of: .random(in: 0...UInt128.max), count: 32)
        text[12] = UInt8(ascii: "4")
        text[16] = self.digits[8 | Int(text[16] & 3)]
        for place in [8, 13, 18, 23] { text.insert(UInt8(ascii: "-"), at: place) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(of number: UInt128, count: Int) -> [UInt8] {
        (0..<count).map { self.digits[Int(truncatingIfNeeded: number >> (4 * $0)) & 15] }
    }
}
