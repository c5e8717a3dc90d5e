import Access
import Content
import Storefront

extension Fields {
    /// Scopes that keys may carry, each once; there must be an array.
    mutating func scopes(_ name: String) -> [Permission] {
        let items = self.requiredArray(name, count: 0...Permission.grantableToKeys.count) ?? []
        var scopes: [Permission] = []
        for (index, item) in items.enumerated() {
            guard case .string(let word) = item else {
                self.fail(at: "/\(name)/\(index)", "type", "must be a string, not \(item.kind)")
                continue
            }
            guard let scope = Permission(rawValue: word), scope.isGrantableToKeys else {
                let known = Permission.grantableToKeys.map(\.rawValue).joined(separator: ", ")
                self.fail(at: "/\(name)/\(index)", "unknown-value", "must be one of \(known)")
                continue
            }
            if !scopes.contains(scope) { scopes.append(scope) }
        }
        return scopes
    }

    /// The only games something is for; nil for all of them.
    mutating func games(_ name: String) -> [GameID]? {
        self.optionalTexts(name, count: 1...100, "a UUID") { GameID($0) }
    }

    /// Legal details, whose known members are what they say they are; nil when they are absent.
    mutating func legalDetails(_ name: String, maximumSize: ByteCount) -> Change<JSONValue>? {
        let change = self.objectChange(name, maximumSize: maximumSize)
        guard case .set(.object(let object))? = change else { return change }
        for objection in LegalDetails(object).objections {
            self.fail(at: "/\(name)/\(objection.name)", objection.code, objection.message)
        }
        return change
    }

    /// The only networks something may come from; none for any.
    mutating func networks(_ name: String) -> [IPNetwork] {
        self.optionalTexts(name, count: 0...50, "a network such as 192.0.2.0/24") { IPNetwork($0) } ?? []
    }
}
