import Content
import Games
import Storefront

/// Reads system requirements: an object of objects of texts and numbers, of any names, within bounds.
///
/// What shops ask for differs from platform to platform, so the names are the company's.
struct RequirementsReader {
    /// Objects and arrays in each other, at most.
    private static let depth = 4
    /// Members of an object, items of an array, at most.
    private static let members = 50
    /// Characters of a name and of a text, at most.
    private static let nameLength = 64
    private static let textLength = 500
    private static let size = ByteCount.kibibytes(16)

    private let name: String

    init(_ name: String) { self.name = name }

    func read(from fields: inout Fields) -> Update<JSONValue> {
        switch fields.object[self.name] {
        case nil: return .keep
        case .null?: return .clear
        case .object(let object)?:
            guard let clean = self.clean(.object(object), at: "/\(self.name)", depth: 1, &fields) else { return .keep }
            guard clean.encoded().count <= Self.size.bytes else {
                fields.fail(self.name, "length", "must not be larger than \(Self.size)")
                return .keep
            }
            return .set(clean)
        case let value?:
            fields.fail(self.name, "type", "must be an object, not \(value.kind)")
            return .keep
        }
    }

    private func clean(_ value: JSONValue, at pointer: String, depth: Int, _ fields: inout Fields) -> JSONValue? {
        switch value {
        case .null, .bool, .number: return value
        case .string(let text):
            let clean = ListingText.cleaned(text, allowsLines: true)
            guard clean.unicodeScalars.count <= Self.textLength else {
                fields.fail(at: pointer, "length", "must have at most \(Self.textLength) characters")
                return nil
            }
            return .string(clean)
        case .array(let items):
            guard self.isWithin(items.count, at: pointer, depth: depth, &fields) else { return nil }
            let clean = items.enumerated().compactMap {
                self.clean($1, at: "\(pointer)/\($0)", depth: depth + 1, &fields)
            }
            return clean.count == items.count ? .array(clean) : nil
        case .object(let object):
            guard self.isWithin(object.members.count, at: pointer, depth: depth, &fields) else { return nil }
            var clean = JSONObject()
            for (name, value) in object.members {
                let key = ListingText.trimmed(ListingText.cleaned(name, allowsLines: false))
                let place = "\(pointer)/\(JSONPointer.escape(name))"
                guard (1...Self.nameLength).contains(key.unicodeScalars.count) else {
                    fields.fail(at: place, "length", "a name has 1 to \(Self.nameLength) characters")
                    return nil
                }
                guard clean[key] == nil else {
                    fields.fail(at: place, "duplicate", "two names are the same without their control characters")
                    return nil
                }
                guard let inner = self.clean(value, at: place, depth: depth + 1, &fields) else { return nil }
                clean[key] = inner
            }
            return .object(clean)
        }
    }

    private func isWithin(_ count: Int, at pointer: String, depth: Int, _ fields: inout Fields) -> Bool {
        guard depth <= Self.depth else {
            fields.fail(at: pointer, "depth", "must not be deeper than \(Self.depth)")
            return false
        }
        guard count <= Self.members else {
            fields.fail(at: pointer, "length", "must have at most \(Self.members) members")
            return false
        }
        return true
    }
}
