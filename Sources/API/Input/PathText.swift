/// Texts in paths, where a plus is a plus.
enum PathText {
    /// - Returns: nil for what is not percent-encoded UTF-8.
    static func decode(_ component: String) -> String? {
        var bytes: [UInt8] = []
        var rest = component.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let text = String(digits), let value = UInt8(text, radix: 16),
                text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
            else { return nil }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
