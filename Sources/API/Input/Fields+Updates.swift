import Content
import FoundationEssentials
import Games
import Storefront

/// Reading what is absent (it stays), null (it is cleared) or a value (it is set).
extension Fields {
    /// A text whose control characters are dropped before it is measured; blank clears it.
    ///
    /// - Parameter length: the most Unicode scalars, as PostgreSQL counts.
    mutating func cleanText(_ name: String, length: Int, allowsLines: Bool) -> Update<String> {
        switch self.object[name] {
        case nil: return .keep
        case .null?: return .clear
        case .string(let text)?:
            let clean = ListingText.trimmed(ListingText.cleaned(text, allowsLines: allowsLines))
            guard clean.unicodeScalars.count <= length else {
                self.fail(name, "length", "must have at most \(length) characters")
                return .keep
            }
            return clean.isEmpty ? .clear : .set(clean)
        case let value?:
            self.fail(name, "type", "must be a string, not \(value.kind)")
            return .keep
        }
    }

    /// A list of words, each cleaned; what is the same but for case is kept once.
    mutating func words(_ name: String, count: Int, length: Int) -> Update<[String]> {
        switch self.object[name] {
        case nil: return .keep
        case .null?: return .clear
        case .array(let items)?:
            guard items.count <= count else {
                self.fail(name, "length", "must have at most \(count) items")
                return .keep
            }
            var words: [String] = []
            var seen: Set<String> = []
            for (index, item) in items.enumerated() {
                guard case .string(let text) = item else {
                    self.fail(at: "/\(name)/\(index)", "type", "must be a string, not \(item.kind)")
                    continue
                }
                let word = ListingText.trimmed(ListingText.cleaned(text, allowsLines: false))
                guard (1...length).contains(word.unicodeScalars.count) else {
                    self.fail(at: "/\(name)/\(index)", "length", "must have 1 to \(length) characters")
                    continue
                }
                if seen.insert(word.lowercased()).inserted { words.append(word) }
            }
            return .set(words)
        case let value?:
            self.fail(name, "type", "must be an array, not \(value.kind)")
            return .keep
        }
    }

    /// One of the words of an enum.
    mutating func choiceUpdate<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, of type: Choice.Type
    ) -> Update<Choice> {
        switch self.object[name] {
        case nil: return .keep
        case .null?: return .clear
        default: return self.choice(name, of: type).map { .set($0) } ?? .keep
        }
    }

    /// A time in RFC 3339.
    mutating func timeUpdate(_ name: String) -> Update<Date> {
        switch self.object[name] {
        case nil: return .keep
        case .null?: return .clear
        default: return self.time(name).map { .set($0) } ?? .keep
        }
    }

    /// A whole number of a range; nil when it is absent or null.
    mutating func optionalNumber(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        switch self.object[name] {
        case nil, .null?: return nil
        case .number(let number)?:
            guard let value = number.int64, let whole = Int(exactly: value), range.contains(whole) else {
                self.fail(name, "range", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
                return nil
            }
            return whole
        case let value?:
            self.fail(name, "type", "must be a whole number, not \(value.kind)")
            return nil
        }
    }

    /// An identifier; nil when it is absent or null.
    mutating func optionalIdentifier<Subject>(_ name: String, of type: Subject.Type) -> Identifier<Subject>? {
        switch self.object[name] {
        case nil, .null?: return nil
        case .string(let text)?:
            guard let id = Identifier<Subject>(text) else { fallthrough }
            return id
        default:
            self.fail(name, "format", "must be a UUID")
            return nil
        }
    }
}
