import FoundationEssentials

/// A value kept as `jsonb`.
///
/// Keys are sorted on the way in, and dates are ISO 8601 with whole seconds, so equal values give equal text.
public struct JSON<Value: Sendable>: Sendable {
    public var value: Value

    public init(_ value: Value) { self.value = value }
}

extension JSON: Equatable where Value: Equatable {}
extension JSON: Hashable where Value: Hashable {}

extension JSON: SQLEncodable where Value: Encodable {
    public static var sqlType: SQLType { .jsonb }

    /// A value that cannot be encoded, an infinite number for one, becomes text that the server refuses as no JSON.
    public var sqlValue: SQLValue {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(self.value) else { return SQLValue(.jsonb, "<not encodable>") }
        return SQLValue(.jsonb, String(decoding: data, as: UTF8.self))
    }
}

extension JSON: SQLDecodable where Value: Decodable {
    public init?(sqlText: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let value = try? decoder.decode(Value.self, from: Data(sqlText.utf8)) else { return nil }
        self.init(value)
    }
}
