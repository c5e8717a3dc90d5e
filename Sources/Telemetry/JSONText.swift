/// Strings and lists as JSON (RFC 8259).
enum JSONText {
    static func string(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            // Control characters must be escaped; these line separators would end a line for some readers.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    static func value(_ value: LogFields.Value) -> String {
        switch value {
        case .text(let text): self.string(text)
        case .bare(let text): text
        case .list(let values): "[" + values.map { self.value($0) }.joined(separator: ",") + "]"
        }
    }
}
