import Content
import FoundationEssentials
import Hummingbird
import Storefront

/// Takes values out of a query and remembers everything that is wrong.
struct QueryFields {
    private var values: [String: String] = [:]
    private(set) var errors: [FieldError] = []

    init(_ request: Request) {
        let pairs = request.uri.query?.split(separator: "&", omittingEmptySubsequences: true) ?? []
        for pair in pairs.prefix(100) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(sides[0]), let value = sides.count == 2 ? Self.decode(sides[1]) : "" else {
                self.fail(String(sides[0].prefix(50)), "format", "is not percent-encoded UTF-8")
                continue
            }
            if self.values.updateValue(value, forKey: name) != nil {
                self.fail(String(name.prefix(50)), "duplicate", "must be given once")
            }
        }
    }

    /// Ends the reading.
    ///
    /// - Throws: `HTTPProblem` 422 with everything that was wrong.
    func finish() throws(HTTPProblem) {
        guard self.errors.isEmpty else { throw .invalid(self.errors) }
    }

    mutating func fail(_ name: String, _ code: String, _ message: String) {
        self.errors.append(FieldError(pointer: "?\(name)", code: code, message: message))
    }

    mutating func text(_ name: String, maximumLength: Int) -> String? {
        guard let value = self.values[name], !value.isEmpty else { return nil }
        if let objection = TextRules.objection(to: value, length: 1...maximumLength, allowsLines: false) {
            self.fail(name, objection.code, objection.text)
            return nil
        }
        return value
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = self.values[name], !value.isEmpty else { return nil }
        guard let number = Int(value), range.contains(number) else {
            self.fail(name, "range", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) -> Choice? {
        guard let value = self.values[name], !value.isEmpty else { return nil }
        guard let choice = Choice(rawValue: value) else {
            self.fail(
                name, "unknown-value", "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }

    mutating func identifier<Subject>(_ name: String, of type: Subject.Type) -> Identifier<Subject>? {
        guard let value = self.values[name], !value.isEmpty else { return nil }
        guard let identifier = Identifier<Subject>(value) else {
            self.fail(name, "format", "must be a UUID")
            return nil
        }
        return identifier
    }

    /// A duration as `30s`, `500ms`, or a number of seconds; more than the maximum counts as the maximum.
    mutating func wait(_ name: String, maximum: Duration) -> Duration? {
        guard let value = self.values[name], !value.isEmpty else { return nil }
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000 else {
            self.fail(name, "format", "must be a duration like 30s")
            return nil
        }
        switch value.dropFirst(digits.count) {
        case "", "s": return min(.seconds(number), maximum)
        case "ms": return min(.milliseconds(number), maximum)
        default:
            self.fail(name, "format", "must be a duration like 30s")
            return nil
        }
    }

    /// A time in RFC 3339.
    mutating func time(_ name: String) -> Date? {
        guard let value = self.values[name], !value.isEmpty else { return nil }
        guard let date = Timestamp.date(from: value) else {
            self.fail(name, "format", "must be a time like 2027-01-31T12:00:00Z")
            return nil
        }
        return date
    }

    /// How many items of a list are wanted; 50 when nothing is said.
    mutating func limit() -> Int { self.integer("limit", 1...Page<Never>.maximum) ?? 50 }

    /// Where the list goes on.
    mutating func cursor(_ codec: CursorCodec, for list: String, fields: Int) -> [String]? {
        guard let value = self.values["cursor"], !value.isEmpty else { return nil }
        guard let cursor = codec.decode(value, for: list), cursor.count == fields else {
            self.fail("cursor", "format", "must be a next_cursor of this list")
            return nil
        }
        return cursor
    }

    /// `+` is a space, as forms write it.
    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2)
                guard digits.count == 2, let text = String(digits), let value = Hexadecimal.decode(text)?.first else {
                    return nil
                }
                rest = rest.dropFirst(2)
                bytes.append(value)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
