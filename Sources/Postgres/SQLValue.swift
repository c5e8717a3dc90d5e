/// One parameter of a statement: a type and its content.
public struct SQLValue: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case null
        /// In PostgreSQL's text format.
        case text(String)
        /// A `bytea`, which travels as it is.
        case bytes([UInt8])
    }

    let oid: UInt32
    let content: Content

    init(oid: UInt32, content: Content) {
        self.oid = oid
        self.content = content
    }

    /// - Parameter text: the value in PostgreSQL's text format for the type.
    public init(_ type: SQLType, _ text: String) { self.init(oid: type.oid, content: .text(text)) }

    /// A `bytea`.
    public init(bytes: [UInt8]) { self.init(oid: SQLType.bytea.oid, content: .bytes(bytes)) }

    public static func null(_ type: SQLType) -> SQLValue { SQLValue(oid: type.oid, content: .null) }

    /// An array in text format: every element quoted, but NULL.
    static func array(_ type: SQLType, _ elements: some Sequence<SQLValue>) -> SQLValue {
        var text = "{"
        for element in elements {
            if text.utf8.count > 1 { text += "," }
            switch element.content {
            case .null: text += "NULL"
            case .text(let content):
                text += Self.quoted(content)
            case .bytes(let bytes):
                text += "\"\\\\x"
                HexadecimalText.append(bytes, to: &text)
                text += "\""
            }
        }
        text += "}"
        return SQLValue(oid: type.arrayOID, content: .text(text))
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
