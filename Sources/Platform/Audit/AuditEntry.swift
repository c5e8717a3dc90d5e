public import Content
public import Storefront

/// One thing worth remembering: what was done to what, and what it changed.
public struct AuditEntry: Equatable, Sendable {
    /// The company it was done to.
    public let developer: DeveloperID
    /// Lower-case words joined by dots, the thing first: `apikey.created`, `payout.requested`.
    public let action: String
    /// What it was done to: `apikey/0190…`.
    public let target: String
    /// What changed, as it was; without secrets.
    public let before: JSONValue?
    /// What changed, as it is; without secrets.
    public let after: JSONValue?

    public init(
        developer: DeveloperID, action: String, target: String, before: JSONValue? = nil, after: JSONValue? = nil
    ) {
        self.developer = developer
        self.action = action
        self.target = target
        self.before = before
        self.after = after
    }

    /// A change of one thing to another: only the members that differ are remembered.
    ///
    /// - Parameter secret: names of members whose values are never remembered, only that they changed.
    public init(
        developer: DeveloperID, action: String, target: String, from before: JSONObject, to after: JSONObject,
        secret: Set<String> = []
    ) {
        let names = (before.members.map(\.name) + after.members.map(\.name)).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let changed = names.filter { before[$0] != after[$0] }
        func part(_ object: JSONObject) -> JSONValue {
            .object(
                JSONObject(
                    changed.compactMap { name in
                        object[name].map { (name, secret.contains(name) && $0 != .null ? "•••" : $0) }
                    }))
        }
        self.init(
            developer: developer, action: action, target: target, before: part(before), after: part(after))
    }
}
