import Content
import JobLifecycle
import JobQueue
import Storefront

extension Fields {
    /// A number that operators set: absent keeps it, null takes it back.
    mutating func setting(_ name: String) -> Setting<Int> {
        switch self.object[name] {
        case nil: .keep
        case .null?: .unset
        default: self.requiredInteger(name).map { .set(Int($0)) } ?? .keep
        }
    }

    mutating func settingChoice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, of type: Choice.Type
    ) -> Setting<Choice> {
        switch self.object[name] {
        case nil: .keep
        case .null?: .unset
        default: self.choice(name, of: type).map { .set($0) } ?? .keep
        }
    }

    /// `{"from": 1, "to": 8}`.
    mutating func settingBounds(_ name: String) -> Setting<ClosedRange<Int>> {
        switch self.object[name] {
        case nil: return .keep
        case .null?: return .unset
        case .object(let object)?:
            guard case .number(let from)? = object["from"], case .number(let to)? = object["to"],
                let low = from.int64, let high = to.int64, low <= high
            else {
                self.fail(name, "range", "must have whole numbers from and to, the first not the larger one")
                return .keep
            }
            return .set(Int(low)...Int(high))
        case let value?:
            self.fail(name, "type", "must be an object, not \(value.kind)")
            return .keep
        }
    }

    /// `{"per_second": 2.5, "burst": 10}`.
    mutating func rate(_ name: String) -> Setting<RateLimit> {
        switch self.object[name] {
        case nil: return .keep
        case .null?: return .unset
        case .object(let object)?:
            guard case .number(let rate)? = object["per_second"], let perSecond = Double(rate.lexeme),
                case .number(let number)? = object["burst"], let burst = number.int64, Int32(exactly: burst) != nil
            else {
                self.fail(name, "type", "must have the numbers per_second and burst")
                return .keep
            }
            return .set(RateLimit(perSecond: perSecond, burst: Int(burst)))
        case let value?:
            self.fail(name, "type", "must be an object, not \(value.kind)")
            return .keep
        }
    }

    /// True or false; nil when it is absent or null.
    mutating func optionalFlag(_ name: String) -> Bool? {
        switch self.object[name] {
        case nil, .null?: return nil
        case .bool(let flag)?: return flag
        case let value?:
            self.fail(name, "type", "must be true or false, not \(value.kind)")
            return nil
        }
    }

    /// Which jobs are meant; nil, and an error, when it does not say it well.
    mutating func jobFilter(_ name: String) -> JobFilter? {
        switch self.object[name] {
        case .object(let object)?:
            var inner = Fields(object)
            let filter = inner.readFilter()
            for error in inner.errors {
                self.fail(at: "/\(JSONPointer.escape(name))\(error.pointer)", error.code, error.message)
            }
            return inner.errors.isEmpty ? filter : nil
        case nil, .null?: self.fail(name, "required", "is required")
        case let value?: self.fail(name, "type", "must be an object, not \(value.kind)")
        }
        return nil
    }

    private mutating func readFilter() -> JobFilter {
        var filter = JobFilter()
        let known: Set<String> = [
            "ids", "queues", "kinds", "states", "version_id", "developer_id", "key", "worker_id", "failure",
            "created_after", "created_before",
        ]
        // A mistyped name would make the filter mean more jobs than its author does.
        for member in self.object.members where !known.contains(member.name) {
            self.fail(member.name, "unknown-value", "is no part of a filter")
        }
        filter.ids = self.words("ids") { JobID($0) }
        filter.queues = self.words("queues") { QueueName(rawValue: $0) }
        filter.kinds = self.words("kinds") { JobKind(rawValue: $0) }
        filter.states = self.words("states") { JobState(rawValue: $0) }
        filter.scope = self.identifier("version_id", of: Version.self)?.uuid
        filter.developer = self.identifier("developer_id", of: Developer.self)
        filter.key = self.optionalText("key", length: 1...200)
        filter.failure = self.optionalText("failure", length: 1...100)
        filter.worker = self.words("worker_id") { Int32($0) }.first.map { WorkerID(rawValue: $0) }
        filter.createdAfter = self.time("created_after")
        filter.createdBefore = self.time("created_before")
        return filter
    }

    /// A list of texts, or one of them alone.
    private mutating func words<Word>(_ name: String, _ read: (String) -> Word?) -> [Word] {
        let items: [JSONValue]
        switch self.object[name] {
        case nil, .null?: return []
        case .array(let array)? where array.count <= 1000: items = array
        case .array?:
            self.fail(name, "length", "must have at most 1000 items")
            return []
        case let value?: items = [value]
        }
        var words: [Word] = []
        for item in items {
            guard case .string(let text) = item, (1...64).contains(text.unicodeScalars.count), let word = read(text)
            else {
                self.fail(name, "unknown-value", "has something that is none: \(item)")
                return []
            }
            words.append(word)
        }
        return words
    }

    private mutating func identifier<Subject>(_ name: String, of type: Subject.Type) -> Identifier<Subject>? {
        guard let text = self.optionalText(name, length: 1...100) else { return nil }
        guard let identifier = Identifier<Subject>(text) else {
            self.fail(name, "format", "must be a UUID")
            return nil
        }
        return identifier
    }
}
