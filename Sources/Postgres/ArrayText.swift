/// The text form of a one-dimensional array (PostgreSQL manual, section 8.15.6).
enum ArrayText {
    /// - Returns: the elements' texts, nil for NULL; nil for several dimensions or what is no array.
    static func elements(of text: String) -> [String?]? {
        var text = text[...].utf8
        guard text.popFirst() == UInt8(ascii: "{") else { return nil }
        var elements: [String?] = []
        if text.elementsEqual("}".utf8) { return elements }
        while true {
            guard let element = Self.element(&text) else { return nil }
            elements.append(element)
            switch text.popFirst() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return text.isEmpty ? elements : nil
            default: return nil
            }
        }
    }

    /// - Returns: nil when no element starts here; an element that is nil for NULL.
    private static func element(_ text: inout Substring.UTF8View) -> String?? {
        guard text.first != UInt8(ascii: "\"") else { return Self.quoted(&text) }
        var bytes: [UInt8] = []
        while let byte = text.first, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
            guard byte != UInt8(ascii: "{") else { return nil }
            bytes.append(byte)
            text.removeFirst()
        }
        let element = String(decoding: bytes, as: UTF8.self)
        if element.isEmpty { return nil }
        return .some(element == "NULL" ? nil : element)
    }

    private static func quoted(_ text: inout Substring.UTF8View) -> String?? {
        text.removeFirst()
        var bytes: [UInt8] = []
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return .some(String(decoding: bytes, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let escaped = text.popFirst() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }
}
