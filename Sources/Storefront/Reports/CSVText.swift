/// Comma-separated values (RFC 4180) that no spreadsheet takes for formulas.
///
/// A text that begins as a formula does gets an apostrophe before it, as OWASP's page on CSV injection advises; numbers are
/// written as they are, so that negative ones stay numbers.
public struct CSVText: Sendable {
    /// What has been written, UTF-8.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// One field of a row.
    public enum Field: Hashable, Sendable {
        case text(String)
        /// Digits, at most one point, and a sign; written as it is.
        case number(String)
        case empty
    }

    /// Appends a row and the end of its line.
    public mutating func append(_ row: [Field]) {
        for (index, field) in row.enumerated() {
            if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
            switch field {
            case .text(let text): self.append(text: text)
            case .number(let number) where Self.isNumber(number): self.bytes += number.utf8
            case .number(let other): self.append(text: other)
            case .empty: break
            }
        }
        self.bytes += [0x0d, 0x0a]
    }

    private mutating func append(text: String) {
        let guarded = Self.looksLikeFormula(text) ? "'" + text : text
        let needsQuotes = guarded.utf8.contains { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
        guard needsQuotes || guarded.first == " " || guarded.last == " " else {
            self.bytes += guarded.utf8
            return
        }
        self.bytes.append(0x22)
        for byte in guarded.utf8 {
            if byte == 0x22 { self.bytes.append(0x22) }
            self.bytes.append(byte)
        }
        self.bytes.append(0x22)
    }

    private static func looksLikeFormula(_ text: String) -> Bool {
        // Programs trim before they look, and some take full-width signs for signs.
        let trimmed = text.unicodeScalars.drop { $0.properties.isWhitespace || $0 == "\u{feff}" }
        switch trimmed.first {
        case "=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}": return true
        default: return text.unicodeScalars.first.map { $0 == "\t" || $0 == "\r" || $0 == "\n" } ?? false
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.filter({ $0 == UInt8(ascii: ".") }).count <= 1
            && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
