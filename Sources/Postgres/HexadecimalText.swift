/// The hexadecimal form of `bytea` (PostgreSQL manual, section 8.4.1), after its `\x`.
enum HexadecimalText {
    private static let digits = Array("0123456789abcdef".utf8)

    static func append(_ bytes: [UInt8], to text: inout String) {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count * 2)
        Self.append(bytes, to: &encoded)
        text += String(decoding: encoded, as: UTF8.self)
    }

    static func append(_ bytes: [UInt8], to buffer: inout [UInt8]) {
        for byte in bytes {
            buffer.append(Self.digits[Int(byte >> 4)])
            buffer.append(Self.digits[Int(byte & 15)])
        }
    }

    /// - Returns: nil unless the text is `\x` and an even number of digits.
    static func decode(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count.isMultiple(of: 2), source.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]) else {
            return nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count / 2 - 1)
        for index in stride(from: 2, to: source.count, by: 2) {
            guard let high = Self.value(source[index]), let low = Self.value(source[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
