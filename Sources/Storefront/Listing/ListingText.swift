/// How texts of the store page are cleaned and measured.
public enum ListingText {
    /// The text without what no reader sees: control characters, and characters that turn the direction of what follows.
    ///
    /// Line breaks and tabs stay where lines are allowed; `\r\n` and `\r` become `\n`.
    public static func cleaned(_ text: String, allowsLines: Bool) -> String {
        var cleaned = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in text.unicodeScalars {
            defer { afterReturn = scalar == "\r" }
            switch scalar.value {
            case 0x0a where allowsLines && afterReturn: continue
            case 0x0d where allowsLines: cleaned.append("\n")
            case 0x09 where allowsLines, 0x0a where allowsLines: cleaned.append(scalar)
            // Between words of one line they stood for a space.
            case 0x09, 0x0a, 0x0d: cleaned.append(" ")
            case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069, 0xfeff: continue
            default: cleaned.append(scalar)
            }
        }
        return String(cleaned)
    }

    /// The text without space around it.
    public static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
