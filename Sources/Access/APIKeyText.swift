public import Digests

/// An API key as people copy it: `gsd_live_<8 lookup>_<43 secret><6 checksum>`, in base 62.
///
/// The brand makes leaked keys findable (``pattern``), the checksum tells a mistyped key from a wrong one without asking
/// the database, as GitHub's tokens do. The secret is 43 digits of base 62: 256 bits.
public struct APIKeyText: Equatable, Sendable {
    /// All of it.
    ///
    /// Secret.
    public let text: String

    /// The 8 characters the row is found by.
    ///
    /// Not secret.
    public let lookup: String

    /// What every key begins with.
    public static let brand = "gsd_live_"

    /// A regular expression for secret scanners.
    public static let pattern = "gsd_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}"

    private static let lookupLength = 8
    private static let secretLength = 43
    private static let length = brand.utf8.count + lookupLength + 1 + secretLength + 6
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new key nobody can guess.
    public static func generate() throws(DigestsError) -> APIKeyText {
        let lookup = try self.random(self.lookupLength)
        let body = self.brand + lookup + "_" + (try self.random(self.secretLength))
        return APIKeyText(text: body + self.checksum(of: body), lookup: lookup)
    }

    /// - Returns: nil when the text cannot be a key: another shape, or a wrong checksum.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length, text.hasPrefix(Self.brand) else { return nil }
        let start = Self.brand.utf8.count
        let underscore = start + Self.lookupLength
        guard bytes[underscore] == UInt8(ascii: "_") else { return nil }
        for (index, byte) in bytes.enumerated() where index >= start && index != underscore {
            guard Self.digits.contains(byte) else { return nil }
        }
        let body = String(decoding: bytes[..<(bytes.count - 6)], as: UTF8.self)
        guard text == body + Self.checksum(of: body) else { return nil }
        self.init(text: text, lookup: String(decoding: bytes[start..<underscore], as: UTF8.self))
    }

    private init(text: String, lookup: String) {
        self.text = text
        self.lookup = lookup
    }

    /// What is kept of it: an HMAC under a secret that is not in the database, in hexadecimal.
    func hash(pepper: [UInt8]) -> [UInt8] { HMACSHA256.authenticate(Array(self.text.utf8), key: pepper) }

    private static func random(_ count: Int) throws(DigestsError) -> String {
        var text: [UInt8] = []
        while text.count < count {
            // 248 is the largest multiple of 62 that a byte holds; what is above would favour the first digits.
            for byte in try SecureRandom.bytes(count) where byte < 248 && text.count < count {
                text.append(self.digits[Int(byte % 62)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// CRC-32 (ISO 3309, as in zlib) in six digits of base 62, the highest first.
    private static func checksum(of text: String) -> String {
        var remainder = ~UInt32(0)
        for byte in text.utf8 {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        var value = ~remainder
        var text = [UInt8](repeating: self.digits[0], count: 6)
        for index in (0..<6).reversed() {
            text[index] = self.digits[Int(value % 62)]
            value /= 62
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension APIKeyText: CustomStringConvertible {
    /// What may be shown: brand and lookup, never the secret.
    public var description: String { "\(Self.brand)\(self.lookup)_…" }
}
