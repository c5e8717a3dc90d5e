public import Content
public import FoundationEssentials
public import Storefront

/// What a token says, once it is believed.
public struct TokenClaims: Equatable, Sendable {
    /// `sub`.
    public let user: UserID
    /// `developer_id`: the company the token is for, where it is for one only.
    public let developer: DeveloperID?
    public let expiresAt: Date
    /// `roles` and `scope`, as far as they name rights on the platform; what else they say is ignored.
    public let platformRoles: Set<PlatformRole>

    public init(user: UserID, developer: DeveloperID?, expiresAt: Date, platformRoles: Set<PlatformRole> = []) {
        self.user = user
        self.developer = developer
        self.expiresAt = expiresAt
        self.platformRoles = platformRoles
    }
}
