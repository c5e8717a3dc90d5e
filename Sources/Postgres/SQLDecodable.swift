public import FoundationEssentials

/// What a column can be read as.
///
/// A type with a raw value needs only `extension QueueName: SQLDecodable {}`.
public protocol SQLDecodable: Sendable {
    /// - Parameter sqlText: PostgreSQL's text format. Nil is the answer to any that is not of this type.
    init?(sqlText: String)

    /// - Parameter sqlText: nil for NULL, which only an optional can be.
    static func decode(sqlText: String?) -> Self?

    /// An array of values; bytes override it, for they are a `bytea`.
    static func decodeArray(sqlText: String) -> [Self]?
}

extension SQLDecodable {
    public static func decode(sqlText: String?) -> Self? { sqlText.flatMap(Self.init(sqlText:)) }

    public static func decodeArray(sqlText: String) -> [Self]? {
        guard let elements = ArrayText.elements(of: sqlText) else { return nil }
        var values: [Self] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = Self.decode(sqlText: element) else { return nil }
            values.append(value)
        }
        return values
    }
}

extension SQLDecodable where Self: RawRepresentable, RawValue: SQLDecodable {
    public init?(sqlText: String) {
        guard let raw = RawValue(sqlText: sqlText) else { return nil }
        self.init(rawValue: raw)
    }
}

extension Bool: SQLDecodable {
    public init?(sqlText: String) {
        switch sqlText {
        case "t": self = true
        case "f": self = false
        default: return nil
        }
    }
}

extension Int: SQLDecodable {
    public init?(sqlText: String) { self.init(sqlText) }
}

extension Int16: SQLDecodable {
    public init?(sqlText: String) { self.init(sqlText) }
}

extension Int32: SQLDecodable {
    public init?(sqlText: String) { self.init(sqlText) }
}

extension Int64: SQLDecodable {
    public init?(sqlText: String) { self.init(sqlText) }
}

extension Double: SQLDecodable {
    public init?(sqlText: String) { self.init(sqlText) }
}

extension Decimal: SQLDecodable {
    /// NaN and the infinities of `numeric` are refused.
    public init?(sqlText: String) {
        guard sqlText.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 || $0 == 46 }) else { return nil }
        self.init(string: sqlText)
    }
}

extension String: SQLDecodable {
    public init?(sqlText: String) { self = sqlText }
}

extension UUID: SQLDecodable {
    public init?(sqlText: String) { self.init(uuidString: sqlText) }
}

extension UInt8: SQLDecodable {
    public init?(sqlText: String) { self.init(sqlText) }

    /// A `bytea`.
    public static func decodeArray(sqlText: String) -> [UInt8]? { HexadecimalText.decode(sqlText) }
}

extension Array: SQLDecodable where Element: SQLDecodable {
    public init?(sqlText: String) {
        guard let elements = Element.decodeArray(sqlText: sqlText) else { return nil }
        self = elements
    }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    public init?(sqlText: String) {
        guard let wrapped = Wrapped(sqlText: sqlText) else { return nil }
        self = wrapped
    }

    public static func decode(sqlText: String?) -> Self? {
        guard let sqlText else { return .some(nil) }
        return Self(sqlText: sqlText)
    }
}
