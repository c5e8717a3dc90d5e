public import Content
public import FoundationEssentials

/// What a token says, once it is believed.
public struct TokenClaims: Equatable, Sendable {
    /// `sub`.
    public let user: UserID
    /// `developer_id`: the company the token is for, where it is for one only.
    public let developer: DeveloperID?
    public let expiresAt: Date

    public init(user: UserID, developer: DeveloperID?, expiresAt: Date) {
        self.user = user
        self.developer = developer
        self.expiresAt = expiresAt
    }
}
