/// A JSON text as values (RFC 8259), its numbers as they were written.
///
/// Money must never meet a binary fraction, and legal details must come back as they went in; so numbers keep
/// their digits and objects their order.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The text, or null for none.
    public static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// The number, or null for none.
    public static func integer(_ number: (some BinaryInteger)?) -> JSONValue {
        number.map { .number(JSONNumber($0)) } ?? .null
    }

    /// The items as texts, or null for none.
    public static func texts<Item: CustomStringConvertible>(_ items: [Item]?) -> JSONValue {
        items.map { items in .array(items.map { .string($0.description) }) } ?? .null
    }

    /// The members, if it is an object.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// What kind of value it is, in the words of JSON Schema.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// Where a text or a name inside has a U+0000, as a JSON pointer (RFC 6901); nil when none has.
    ///
    /// PostgreSQL keeps no such text.
    public var pointerToNUL: String? {
        switch self {
        case .null, .bool, .number: return nil
        case .string(let text): return text.utf8.contains(0) ? "" : nil
        case .array(let items):
            for (index, item) in items.enumerated() {
                if let inner = item.pointerToNUL { return "/\(index)\(inner)" }
            }
            return nil
        case .object(let object):
            for (name, value) in object.members {
                if name.utf8.contains(0) { return "/\(JSONPointer.escape(name))" }
                if let inner = value.pointerToNUL { return "/\(JSONPointer.escape(name))\(inner)" }
            }
            return nil
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
