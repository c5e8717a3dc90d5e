public import FoundationEssentials

/// What can be a parameter of a statement.
///
/// A type with a raw value needs only `extension QueueName: SQLEncodable {}`.
public protocol SQLEncodable: Sendable {
    var sqlValue: SQLValue { get }

    /// The type of every value, also of an absent one and of the elements of an empty array.
    static var sqlType: SQLType { get }

    /// An array of values as one parameter; bytes override it, for they are a `bytea`.
    static func sqlArray(_ elements: [Self]) -> SQLValue
}

extension SQLEncodable {
    public static var sqlType: SQLType { .inferred }

    public static func sqlArray(_ elements: [Self]) -> SQLValue {
        SQLValue.array(Self.sqlType, elements.lazy.map(\.sqlValue))
    }
}

extension SQLEncodable where Self: RawRepresentable, RawValue: SQLEncodable {
    public static var sqlType: SQLType { RawValue.sqlType }
    public var sqlValue: SQLValue { self.rawValue.sqlValue }
}

extension SQLValue: SQLEncodable {
    public var sqlValue: SQLValue { self }
}

extension Bool: SQLEncodable {
    public static var sqlType: SQLType { .bool }
    public var sqlValue: SQLValue { SQLValue(.bool, self ? "t" : "f") }
}

extension Int: SQLEncodable {
    public static var sqlType: SQLType { .int8 }
    public var sqlValue: SQLValue { SQLValue(.int8, String(self)) }
}

extension Int16: SQLEncodable {
    public static var sqlType: SQLType { .int2 }
    public var sqlValue: SQLValue { SQLValue(.int2, String(self)) }
}

extension Int32: SQLEncodable {
    public static var sqlType: SQLType { .int4 }
    public var sqlValue: SQLValue { SQLValue(.int4, String(self)) }
}

extension Int64: SQLEncodable {
    public static var sqlType: SQLType { .int8 }
    public var sqlValue: SQLValue { SQLValue(.int8, String(self)) }
}

extension Double: SQLEncodable {
    public static var sqlType: SQLType { .float8 }
    /// Infinities and NaN included; Swift and PostgreSQL both read the shortest text that gives the same number.
    public var sqlValue: SQLValue {
        SQLValue(.float8, self.isNaN ? "NaN" : self.isInfinite ? (self < 0 ? "-Infinity" : "Infinity") : String(self))
    }
}

extension Decimal: SQLEncodable {
    public static var sqlType: SQLType { .numeric }
    public var sqlValue: SQLValue { SQLValue(.numeric, self.description) }
}

extension String: SQLEncodable {
    /// Of the type that the place asks for, so that it can be compared with an enum; write `::text` where nothing asks.
    public var sqlValue: SQLValue { SQLValue(.inferred, self) }
}

extension UUID: SQLEncodable {
    public static var sqlType: SQLType { .uuid }
    public var sqlValue: SQLValue { SQLValue(.uuid, self.uuidString) }
}

extension UInt8: SQLEncodable {
    public static var sqlType: SQLType { .int2 }
    public var sqlValue: SQLValue { SQLValue(.int2, String(self)) }

    /// A `bytea`.
    public static func sqlArray(_ elements: [UInt8]) -> SQLValue { SQLValue(bytes: elements) }
}

extension Array: SQLEncodable where Element: SQLEncodable {
    public static var sqlType: SQLType {
        Element.self == UInt8.self ? .bytea : SQLType(oid: Element.sqlType.arrayOID, arrayOID: 0)
    }
    public var sqlValue: SQLValue { Element.sqlArray(self) }
}

extension Optional: SQLEncodable where Wrapped: SQLEncodable {
    public static var sqlType: SQLType { Wrapped.sqlType }
    public var sqlValue: SQLValue { self?.sqlValue ?? .null(Wrapped.sqlType) }
}
