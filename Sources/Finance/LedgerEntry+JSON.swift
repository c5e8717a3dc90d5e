import Content
import FoundationEssentials
public import Storefront

extension LedgerEntry {
    /// What is wrong with one member of an entry.
    public struct Fault: Error, Equatable, Sendable {
        /// A JSON pointer from the entry.
        public let pointer: String
        /// Stable: `required`, `type`, `format`, `length`, `unknown-value`, `range`.
        public let code: String
        /// To follow the member's name.
        public let message: String
    }

    /// Everything that is wrong with an entry.
    public struct Faults: Error, Equatable, Sendable {
        public let list: [Fault]
    }

    /// Reads an entry as sources write it.
    ///
    /// `{"entry_id", "developer_id", "type", "amount": "12.30", "currency": "RUB", "occurred_at", "available_at"?, "game_id"?,
    /// "description"?}`; without `available_at` it is available when it occurred.
    ///
    /// - Throws: ``Faults``, complete.
    public init(_ json: JSONValue) throws(Faults) {
        guard case .object(let object) = json else {
            throw Faults(list: [Fault(pointer: "", code: "type", message: "must be an object")])
        }
        var reader = Reader(object: object)
        let id = reader.text("entry_id", length: 1...128, isRequired: true)
        let developer = reader.identifier("developer_id", of: Developer.self, isRequired: true)
        let type = reader.type()
        let currency = reader.currency()
        let amount = currency.flatMap { reader.amount($0, type: type) }
        let game = reader.identifier("game_id", of: Game.self, isRequired: false)
        let description = reader.text("description", length: 1...500, isRequired: false)
        let occurredAt = reader.time("occurred_at", isRequired: true)
        let availableAt = reader.time("available_at", isRequired: false)
        guard reader.faults.isEmpty, let id, let developer, let type, let amount, let occurredAt else {
            throw Faults(list: reader.faults)
        }
        self.init(
            sourceID: id, developer: developer, type: type, amount: amount, game: game, description: description,
            occurredAt: occurredAt, availableAt: availableAt ?? occurredAt)
    }

    private struct Reader {
        let object: JSONObject
        var faults: [Fault] = []

        mutating func fail(_ name: String, _ code: String, _ message: String) {
            self.faults.append(Fault(pointer: "/\(name)", code: code, message: message))
        }

        mutating func text(_ name: String, length: ClosedRange<Int>, isRequired: Bool) -> String? {
            switch self.object[name] {
            case nil, .null?:
                if isRequired { self.fail(name, "required", "is required") }
                return nil
            case .string(let text)?:
                guard length.contains(text.unicodeScalars.count), !text.utf8.contains(where: { $0 < 0x20 }) else {
                    self.fail(name, "length", "must have \(length.lowerBound) to \(length.upperBound) characters")
                    return nil
                }
                return text
            case let value?:
                self.fail(name, "type", "must be a string, not \(value.kind)")
                return nil
            }
        }

        mutating func identifier<Subject>(
            _ name: String, of subject: Subject.Type, isRequired: Bool
        ) -> Identifier<Subject>? {
            guard let text = self.text(name, length: 0...64, isRequired: isRequired) else { return nil }
            guard let id = Identifier<Subject>(text) else {
                self.fail(name, "format", "must be a UUID")
                return nil
            }
            return id
        }

        mutating func type() -> LedgerEntryType? {
            guard let text = self.text("type", length: 0...32, isRequired: true) else { return nil }
            guard let type = LedgerEntryType(rawValue: text), type.isReported else {
                let known = LedgerEntryType.reported.map(\.rawValue).joined(separator: ", ")
                self.fail("type", "unknown-value", "must be one of \(known)")
                return nil
            }
            return type
        }

        mutating func currency() -> Currency? {
            guard let text = self.text("currency", length: 0...8, isRequired: true) else { return nil }
            guard let currency = Currency(text) else {
                self.fail("currency", "unknown-value", "must be a currency of ISO 4217, such as RUB")
                return nil
            }
            return currency
        }

        mutating func amount(_ currency: Currency, type: LedgerEntryType?) -> Money? {
            guard let value = self.object["amount"], value != .null else {
                self.fail("amount", "required", "is required")
                return nil
            }
            guard let amount = try? Money(value, currency), amount.minorUnits.magnitude < LedgerEntry.largestUnits
            else {
                self.fail("amount", "format", "must be an amount of \(currency) such as 12.30")
                return nil
            }
            if let type, !type.allows(sign: amount.minorUnits.signum().asInt) {
                self.fail("amount", "range", "must have the sign of its type; a refund is negative")
                return nil
            }
            return amount
        }

        mutating func time(_ name: String, isRequired: Bool) -> Date? {
            guard let text = self.text(name, length: 0...40, isRequired: isRequired) else { return nil }
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.utf8.contains(UInt8(ascii: ".")))
            guard let date = try? Date(text, strategy: style), (0...32_503_680_000).contains(date.timeIntervalSince1970)
            else {
                self.fail(name, "format", "must be a time like 2027-01-31T12:00:00Z")
                return nil
            }
            return date
        }
    }

    /// Minor units of one entry stay below this, so that no sum of a company's ledger overflows.
    static let largestUnits: UInt64 = 1_000_000_000_000
}

extension Int64 {
    fileprivate var asInt: Int { Int(self) }
}
