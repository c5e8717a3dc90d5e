public import Content
public import FoundationEssentials
public import Storefront

/// What a new key is for.
public struct APIKeyTerms: Equatable, Sendable {
    public var name: String?
    /// Such that keys may carry.
    public var scopes: [Permission]
    public var expiresAt: Date?
    /// Nil for all of the company's.
    public var games: [GameID]?
    /// Empty for any.
    public var networks: [IPNetwork]
    public var trust: TrustID?
    /// Of the CI job it is for.
    public var provenance: BuildProvenance?

    public init(
        name: String?, scopes: [Permission], expiresAt: Date?, games: [GameID]?, networks: [IPNetwork], trust: TrustID?,
        provenance: BuildProvenance? = nil
    ) {
        self.name = name
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.games = games
        self.networks = networks
        self.trust = trust
        self.provenance = provenance
    }
}
