public import Content
public import Storefront

/// Which jobs of which CI system may do what.
public struct OIDCTerms: Equatable, Sendable {
    /// For people.
    public let name: String
    /// `iss`, exactly; one of those the operator allows.
    public let issuer: String
    /// `repository` (GitHub) or `project_path` (GitLab), exactly.
    public let repository: String
    /// `ref`, exactly, or its beginning before a `*` at the end; nil for any.
    public let ref: String?
    /// `environment`, exactly; nil for any.
    public let environment: String?
    /// Nil for all of the company's.
    public let games: [GameID]?
    /// Such that keys may carry.
    public let scopes: [Permission]

    public init(
        name: String, issuer: String, repository: String, ref: String?, environment: String?, games: [GameID]?,
        scopes: [Permission]
    ) {
        self.name = name
        self.issuer = issuer
        self.repository = repository
        self.ref = ref
        self.environment = environment
        self.games = games
        self.scopes = scopes
    }

    /// Whether a job with these claims is meant; the signature, the issuer and the times were checked.
    public func match(_ claims: JSONObject) -> Bool {
        func claim(_ name: String) -> String? { if case .string(let text)? = claims[name] { text } else { nil } }
        guard claim("iss") == self.issuer, (claim("repository") ?? claim("project_path")) == self.repository else {
            return false
        }
        if let environment, claim("environment") != environment { return false }
        guard let ref else { return true }
        guard let actual = claim("ref") else { return false }
        return ref.hasSuffix("*") ? actual.hasPrefix(ref.dropLast()) : actual == ref
    }
}
