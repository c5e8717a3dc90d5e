public import Storefront

/// Checks a value against a schema of a document: the part of JSON Schema 2020-12 that our documents use.
///
/// What it does not know makes it fail rather than pass: a keyword that is not checked would be a promise nobody keeps.
public struct JSONSchema: Sendable {
    private let document: JSONValue

    /// Keywords that say nothing about values.
    private static let silent: Set<String> = [
        "description", "title", "examples", "example", "default", "deprecated", "discriminator", "readOnly",
        "writeOnly",
        "contentMediaType", "$schema", "x-money",
    ]

    /// - Parameter document: what `$ref` of the form `#/…` is looked up in.
    public init(document: JSONValue) { self.document = document }

    /// - Returns: what is wrong, each with where it is; empty when nothing is.
    public func faults(in value: JSONValue, _ schema: JSONValue, at place: String = "") -> [String] {
        guard case .object(let keywords) = schema else {
            return schema == .bool(false) ? ["\(place): nothing is allowed here"] : []
        }
        return keywords.members.flatMap { name, argument in
            self.faults(in: value, keyword: name, argument, of: keywords, at: place)
        }
    }

    private func faults(
        in value: JSONValue, keyword: String, _ argument: JSONValue, of schema: JSONObject, at place: String
    ) -> [String] {
        func fault(_ text: String) -> [String] { ["\(place): \(text)"] }
        switch keyword {
        case "$ref":
            guard case .string(let reference) = argument, let target = self.resolve(reference) else {
                return fault("\(argument) leads nowhere")
            }
            return self.faults(in: value, target, at: place)
        case "type": return Self.isOfType(value, argument) ? [] : fault("\(value.kind) is not \(argument)")
        case "const": return value == argument ? [] : fault("\(value) is not \(argument)")
        case "enum": return argument.items.contains(value) ? [] : fault("\(value) is none of \(argument)")
        case "allOf": return argument.items.flatMap { self.faults(in: value, $0, at: place) }
        case "anyOf":
            let all = argument.items.map { self.faults(in: value, $0, at: place) }
            return all.contains { $0.isEmpty } ? [] : fault("fits none of anyOf: \(all.flatMap { $0 })")
        case "oneOf":
            let all = argument.items.map { self.faults(in: value, $0, at: place) }
            let count = all.count { $0.isEmpty }
            return count == 1 ? [] : fault("fits \(count) of oneOf: \(count == 0 ? all.flatMap { $0 } : [])")
        case "not": return self.faults(in: value, argument, at: place).isEmpty ? fault("is what it must not be") : []
        default:
            switch value {
            case .object(let object): return self.faults(in: object, keyword, argument, of: schema, at: place)
            case .array(let items): return self.faults(in: items, keyword, argument, at: place)
            case .string(let text): return Self.faults(in: text, keyword, argument, at: place)
            case .number(let number): return Self.faults(in: number, keyword, argument, at: place)
            case .null, .bool: return Self.isKnown(keyword) ? [] : fault("\(keyword) is not known here")
            }
        }
    }

    private func faults(
        in object: JSONObject, _ keyword: String, _ argument: JSONValue, of schema: JSONObject, at place: String
    ) -> [String] {
        switch keyword {
        case "required":
            return argument.items.compactMap { name in
                guard case .string(let name) = name, object[name] == nil else { return nil }
                return "\(place): \(name) is missing"
            }
        case "properties":
            return object.members.flatMap { name, member in
                argument.object?[name].map { self.faults(in: member, $0, at: "\(place)/\(name)") } ?? []
            }
        case "additionalProperties":
            let named = schema["properties"]?.object
            return object.members.filter { named?[$0.name] == nil }.flatMap { name, member in
                self.faults(in: member, argument, at: "\(place)/\(name)")
            }
        case "minProperties", "maxProperties":
            return Self.isWithin(object.members.count, keyword, argument)
                ? [] : ["\(place): has too many or few members"]
        default: return Self.isKnown(keyword) ? [] : ["\(place): \(keyword) is not known here"]
        }
    }

    private func faults(
        in items: [JSONValue], _ keyword: String, _ argument: JSONValue, at place: String
    ) -> [String] {
        switch keyword {
        case "items":
            return items.enumerated().flatMap { self.faults(in: $1, argument, at: "\(place)/\($0)") }
        case "minItems", "maxItems":
            return Self.isWithin(items.count, keyword, argument) ? [] : ["\(place): has too many or few items"]
        case "uniqueItems":
            return argument == false || Set(items).count == items.count ? [] : ["\(place): has an item twice"]
        default: return Self.isKnown(keyword) ? [] : ["\(place): \(keyword) is not known here"]
        }
    }

    private func resolve(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        var value: JSONValue? = self.document
        for part in reference.dropFirst(2).split(separator: "/") {
            let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            value = value?.object?[name]
        }
        return value
    }

    private static func isKnown(_ keyword: String) -> Bool {
        self.silent.contains(keyword) || keyword.hasPrefix("x-") || self.checked.contains(keyword)
    }

    private static let checked: Set<String> = [
        "required", "properties", "additionalProperties", "minProperties", "maxProperties", "items", "minItems",
        "maxItems",
        "uniqueItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum", "multipleOf", "contentEncoding",
    ]
}

extension JSONSchema {
    private static func isOfType(_ value: JSONValue, _ type: JSONValue) -> Bool {
        switch type {
        case .array(let types): types.contains { self.isOfType(value, $0) }
        case "integer":
            if case .number(let number) = value { number.int64 != nil } else { false }
        case .string(let name): value.kind == name
        default: false
        }
    }

    private static func isWithin(_ count: Int, _ keyword: String, _ argument: JSONValue) -> Bool {
        guard case .number(let number) = argument, let limit = number.int64 else { return false }
        return keyword.hasPrefix("min") ? count >= limit : count <= limit
    }

    private static func faults(
        in text: String, _ keyword: String, _ argument: JSONValue, at place: String
    ) -> [String] {
        switch (keyword, argument) {
        case ("minLength", _), ("maxLength", _):
            return self.isWithin(text.unicodeScalars.count, keyword, argument) ? [] : ["\(place): is too long or short"]
        case ("pattern", .string(let pattern)):
            guard let expression = try? Regex(pattern) else { return ["\(place): \(pattern) is no pattern"] }
            return text.firstMatch(of: expression) == nil ? ["\(place): \(text) does not match \(pattern)"] : []
        case ("format", .string(let name)):
            return TextFormat(rawValue: name)?.fits(text) ?? true ? [] : ["\(place): \(text) is no \(name)"]
        default: return self.isKnown(keyword) ? [] : ["\(place): \(keyword) is not known here"]
        }
    }

    private static func faults(
        in number: JSONNumber, _ keyword: String, _ argument: JSONValue, at place: String
    ) -> [String] {
        guard case .number(let limit) = argument, let value = Double(number.lexeme), let bound = Double(limit.lexeme)
        else {
            return self.isKnown(keyword) ? [] : ["\(place): \(keyword) is not known here"]
        }
        let isFine =
            switch keyword {
            case "minimum": value >= bound
            case "maximum": value <= bound
            case "exclusiveMinimum": value > bound
            case "exclusiveMaximum": value < bound
            case "multipleOf": (value / bound).rounded() == value / bound
            default: self.isKnown(keyword)
            }
        return isFine ? [] : ["\(place): \(value) breaks \(keyword) \(bound)"]
    }
}

/// How texts that mean something are written.
private enum TextFormat: String {
    case uuid
    case date
    case dateTime = "date-time"

    func fits(_ text: String) -> Bool {
        switch self {
        case .uuid: text.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil
        case .date: text.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil
        case .dateTime: text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
        }
    }
}

extension JSONValue {
    /// The items, if it is an array.
    fileprivate var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}
