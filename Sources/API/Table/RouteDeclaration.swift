public import Access
public import HTTPTypes

/// One line of the route table.
public struct RouteDeclaration: Sendable {
    public let operation: Operation
    public let method: HTTPRequest.Method
    /// With `{name}` for what varies, and `**` for a rest of any depth.
    public let path: String
    public let access: RouteAccess
    /// One line for the documentation.
    public let summary: String
    /// The name of the body's schema; nil where there is none, or it is bytes.
    public let request: String?
    /// The status of success, and the name of its schema.
    public let status: Int
    public let response: String?
    /// Whether it stands for another line that it repeats: `PATCH` for `PUT`, `deltas` for `patches`.
    public let isAlias: Bool
    /// What its requests are counted in; nil for nothing.
    public var rateClass: RateClass?
    public var idempotency: IdempotencyRule
    public var verification = VerificationRule.none
    /// Whether it looks itself after what a key for some games may see; routes with a game in their path need not.
    public var checksGames = false
    /// Members of the answer that no other answer ever has.
    public var shownOnce: [String] = []

    /// Whether it changes something of a company.
    var isChange: Bool { self.method != .get && self.method != .head }

    /// Whether the body of a request is bytes.
    var takesBytes: Bool {
        switch self.operation {
        case .receivePart, .keepChunks, .findMissingChunks: true
        default: false
        }
    }

    /// The path's components.
    var components: [Substring] { self.path.split(separator: "/") }

    /// Whether a request's path is this one's.
    func matches(_ components: [Substring]) -> Bool {
        let own = self.components
        if own.last == "**" {
            return components.count >= own.count && zip(own.dropLast(), components).allSatisfy { $0 == $1 }
        }
        return own.count == components.count
            && zip(own, components).allSatisfy { $0 == $1 || $0.hasPrefix("{") && $0.hasSuffix("}") }
    }
}
