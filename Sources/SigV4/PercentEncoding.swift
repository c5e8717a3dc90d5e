import Content

/// RFC 3986 percent-encoding as SigV4 demands it: everything but `A-Z a-z 0-9 - _ . ~`, in upper-case hexadecimal.
public enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes a name or value of a query; a slash becomes `%2F`.
    public static func query(_ text: String) -> String { self.encode(text, keepingSlash: false) }

    /// Encodes a path; slashes stay.
    public static func path(_ text: String) -> String { self.encode(text, keepingSlash: true) }

    private static func encode(_ text: String, keepingSlash: Bool) -> String {
        if text.utf8.allSatisfy({ self.isPlain($0, keepingSlash: keepingSlash) }) { return text }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count * 3)
        for byte in text.utf8 {
            if self.isPlain(byte, keepingSlash: keepingSlash) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(self.digits[Int(byte >> 4)])
                encoded.append(self.digits[Int(byte & 15)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Undoes any percent-encoding; a plus sign stays one.
    ///
    /// - Returns: nil when a percent sign has no two hexadecimal digits after it, or the bytes are not UTF-8.
    public static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let value = Hexadecimal.decode(String(decoding: rest.prefix(2), as: UTF8.self))
            else { return nil }
            bytes += value
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8, keepingSlash: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        case UInt8(ascii: "/"): keepingSlash
        default: false
        }
    }
}
