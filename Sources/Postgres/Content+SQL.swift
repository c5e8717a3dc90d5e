public import Content

extension Digest: SQLEncodable {
    public static var sqlType: SQLType { .bytea }
    public var sqlValue: SQLValue { SQLValue(bytes: self.bytes) }
}

extension Digest: SQLDecodable {
    /// A `bytea` of 32 bytes.
    public init?(sqlText: String) {
        guard let bytes = HexadecimalText.decode(sqlText), bytes.count == Digest.length else { return nil }
        self.init(bytes: bytes)
    }
}

extension Identifier: SQLEncodable {
    public static var sqlType: SQLType { .uuid }
    public var sqlValue: SQLValue { self.uuid.sqlValue }
}

extension Identifier: SQLDecodable {
    public init?(sqlText: String) {
        guard let identifier = Identifier(sqlText) else { return nil }
        self = identifier
    }
}

extension ByteCount: SQLEncodable {
    public static var sqlType: SQLType { .int8 }
    public var sqlValue: SQLValue { self.bytes.sqlValue }
}

extension ByteCount: SQLDecodable {
    public init?(sqlText: String) {
        guard let bytes = Int64(sqlText) else { return nil }
        self.init(bytes)
    }
}
