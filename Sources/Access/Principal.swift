public import Content
public import Storefront

/// Who sends a request, before it is known for which company.
public enum Identity: Equatable, Sendable {
    case user(TokenClaims)
    case key(APIKeyRecord)
    case service(ServiceClaims)
}

extension Identity {
    /// What a CI system vouches for of the job that asks, a JSON object as text; nil for anybody else.
    public var provenance: String? { if case .key(let key) = self { key.provenance } else { nil } }
}

/// Who does something, for which company, and what that may be.
public struct Principal: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case user(UserID)
        case key(APIKeyID)
    }

    public let kind: Kind
    public let developer: DeveloperID
    /// A person's; keys have none.
    public let role: Role?
    public let permissions: Set<Permission>
    /// Whether the platform has checked who the company is.
    public let verification: CompanyVerification
    /// Whether the platform has stopped the company: then it may read only.
    public let isSuspended: Bool
    /// The only games it may touch; nil for all of the company's.
    public let games: Set<GameID>?

    public init(
        kind: Kind, developer: DeveloperID, role: Role?, permissions: Set<Permission>,
        verification: CompanyVerification, isSuspended: Bool, games: Set<GameID>?
    ) {
        self.kind = kind
        self.developer = developer
        self.role = role
        self.permissions = permissions
        self.verification = verification
        self.isSuspended = isSuspended
        self.games = games
    }

    /// The person, if it is one.
    public var user: UserID? {
        switch self.kind {
        case .user(let user): user
        case .key: nil
        }
    }
}
