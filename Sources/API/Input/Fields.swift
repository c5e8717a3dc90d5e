import Content
import FoundationEssentials
import Storefront

/// Takes values out of a JSON object and remembers everything that is wrong, so that a client can mend all of it at once.
///
/// Names it is not asked for are ignored: clients may know more than we do.
struct Fields {
    let object: JSONObject
    private(set) var errors: [FieldError] = []

    init(_ object: JSONObject) { self.object = object }

    /// Ends the reading.
    ///
    /// - Throws: `HTTPProblem` 422 with everything that was wrong.
    func finish() throws(HTTPProblem) {
        guard self.errors.isEmpty else { throw .invalid(self.errors) }
    }

    mutating func fail(_ name: String, _ code: String, _ message: String) {
        self.fail(at: "/\(JSONPointer.escape(name))", code, message)
    }

    /// - Parameter pointer: a JSON pointer.
    mutating func fail(at pointer: String, _ code: String, _ message: String) {
        self.errors.append(FieldError(pointer: pointer, code: code, message: message))
    }

    /// A text of one line that must be there and must not be blank.
    ///
    /// - Parameter length: in Unicode scalars, as PostgreSQL counts.
    mutating func requiredText(_ name: String, length: ClosedRange<Int>) -> String? {
        guard self.isPresent(name) else {
            self.fail(name, "required", "is required")
            return nil
        }
        return self.optionalText(name, length: length)
    }

    /// A text of one line; nil when it is absent or null.
    mutating func optionalText(_ name: String, length: ClosedRange<Int>) -> String? {
        guard self.isPresent(name), let text = self.text(name, length: length, allowsLines: false) else { return nil }
        guard length.lowerBound == 0 || text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            self.fail(name, "length", "must not be blank")
            return nil
        }
        return text
    }

    /// A text of any number of lines that may be cleared by null; nil when it is absent.
    mutating func textChange(_ name: String, maximumLength: Int) -> Change<String>? {
        switch self.object[name] {
        case nil: return nil
        case .null?: return .clear
        default: return self.text(name, length: 0...maximumLength, allowsLines: true).map { .set($0) }
        }
    }

    /// An object as it is, of bounded size; nil when it is absent.
    mutating func objectChange(_ name: String, maximumSize: ByteCount) -> Change<JSONValue>? {
        switch self.object[name] {
        case nil: return nil
        case .null?: return .clear
        case .object(let object)?:
            let value = JSONValue.object(object)
            if let pointer = value.pointerToNUL {
                self.fail(at: "/\(JSONPointer.escape(name))\(pointer)", "character", "must not have a U+0000")
                return nil
            }
            guard value.encoded().count <= maximumSize.bytes else {
                self.fail(name, "length", "must not be larger than \(maximumSize)")
                return nil
            }
            return .set(value)
        case let value?:
            self.fail(name, "type", "must be an object, not \(value.kind)")
            return nil
        }
    }

    /// A whole number that must be there.
    mutating func requiredInteger(_ name: String) -> Int64? {
        switch self.object[name] {
        case nil, .null?:
            self.fail(name, "required", "is required")
            return nil
        case .number(let number)?:
            guard let value = number.int64 else {
                self.fail(name, "type", "must be a whole number of at most 64 bits")
                return nil
            }
            return value
        case let value?:
            self.fail(name, "type", "must be a whole number, not \(value.kind)")
            return nil
        }
    }

    /// A whole number within bounds; nil when it is absent or null.
    mutating func optionalInteger(_ name: String, _ range: ClosedRange<Int64>) -> Int64? {
        guard self.isPresent(name), let value = self.requiredInteger(name) else { return nil }
        guard range.contains(value) else {
            self.fail(name, "range", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// Yes or no; nil when it is absent or null.
    mutating func flag(_ name: String) -> Bool? {
        switch self.object[name] {
        case nil, .null?: return nil
        case .bool(let flag)?: return flag
        case let value?:
            self.fail(name, "type", "must be true or false, not \(value.kind)")
            return nil
        }
    }

    /// Texts, each of which is something; nil when the array is absent or null.
    mutating func optionalTexts<Value>(
        _ name: String, count: ClosedRange<Int>, _ what: String, read: (String) -> Value?
    ) -> [Value]? {
        guard self.isPresent(name), let items = self.requiredArray(name, count: count) else { return nil }
        var values: [Value] = []
        for (index, item) in items.enumerated() {
            guard case .string(let text) = item else {
                self.fail(at: "/\(name)/\(index)", "type", "must be a string, not \(item.kind)")
                continue
            }
            guard let value = read(text) else {
                self.fail(at: "/\(name)/\(index)", "unknown-value", "must be \(what)")
                continue
            }
            values.append(value)
        }
        return values
    }

    /// One of the words of an enum; nil when it is absent or null.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) -> Choice? {
        guard self.isPresent(name), let text = self.text(name, length: 0...100, allowsLines: false) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            self.fail(
                name, "unknown-value", "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }

    /// One of the words of an enum, that must be there.
    mutating func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) -> Choice? {
        guard self.isPresent(name) else {
            self.fail(name, "required", "is required")
            return nil
        }
        return self.choice(name, of: type)
    }

    /// A SHA-256 as 64 hexadecimal digits; nil when it is absent or null.
    mutating func digest(_ name: String) -> Digest? {
        guard self.isPresent(name), let text = self.text(name, length: 0...200, allowsLines: false) else { return nil }
        guard let digest = Digest(text) else {
            self.fail(name, "format", "must be a SHA-256 as 64 hexadecimal digits")
            return nil
        }
        return digest
    }

    /// A time in RFC 3339; nil when it is absent or null.
    mutating func time(_ name: String) -> Date? {
        guard self.isPresent(name), let text = self.text(name, length: 0...40, allowsLines: false) else { return nil }
        guard let date = Timestamp.date(from: text) else {
            self.fail(name, "format", "must be a time like 2027-01-31T12:00:00Z")
            return nil
        }
        return date
    }

    /// An array that must be there, its items still to be looked at.
    mutating func requiredArray(_ name: String, count: ClosedRange<Int>) -> [JSONValue]? {
        switch self.object[name] {
        case nil, .null?:
            self.fail(name, "required", "is required")
            return nil
        case .array(let items)?:
            guard count.contains(items.count) else {
                self.fail(name, "length", "must have \(count.lowerBound) to \(count.upperBound) items")
                return nil
            }
            return items
        case let value?:
            self.fail(name, "type", "must be an array, not \(value.kind)")
            return nil
        }
    }

    private func isPresent(_ name: String) -> Bool {
        switch self.object[name] {
        case nil, .null?: false
        default: true
        }
    }

    private mutating func text(_ name: String, length: ClosedRange<Int>, allowsLines: Bool) -> String? {
        guard let value = self.object[name] else { return nil }
        guard case .string(let text) = value else {
            self.fail(name, "type", "must be a string, not \(value.kind)")
            return nil
        }
        if let message = TextRules.objection(to: text, length: length, allowsLines: allowsLines) {
            self.fail(name, message.code, message.text)
            return nil
        }
        return text
    }
}

/// What is to be done with something that may be absent.
enum Change<Value: Sendable>: Sendable {
    case set(Value)
    case clear
}
