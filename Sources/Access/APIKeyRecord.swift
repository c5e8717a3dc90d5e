public import Content
public import FoundationEssentials
import Platform
import Postgres
public import Storefront

/// A machine's right to act for a company.
public enum APIKey {}

public typealias APIKeyID = Identifier<APIKey>

/// One row of `developer_api_keys`, without its hash.
public struct APIKeyRecord: Equatable, Sendable {
    public let id: APIKeyID
    public let developer: DeveloperID
    public let name: String?
    /// The 8 characters that tell keys apart.
    public let prefix: String
    /// As they were given; names this program does not know carry no right.
    public let scopes: [Permission]
    public let createdAt: Date
    /// To the minute.
    public let lastUsedAt: Date?
    public let expiresAt: Date?
    public let isActive: Bool
    public let createdBy: UserID?
    /// The only games it is for; nil for all of the company's.
    public let games: Set<GameID>?
    /// The only networks it may be used from; empty for any.
    public let networks: [IPNetwork]
    /// The key that took its place; it works until ``expiresAt``.
    public let replacedBy: APIKeyID?
    /// The trust it was made from, when a CI job exchanged a token of its own for it.
    public let trust: TrustID?
    /// What the CI system says of that job: a JSON object as text.
    public let provenance: String?

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("key_id")
        self.developer = try row("developer_id")
        self.name = try row("name")
        self.prefix = try row("key_prefix")
        let scopes: [String] = try row("permissions")
        self.scopes = scopes.compactMap(Permission.init(rawValue:))
        self.createdAt = try row("created_at")
        self.lastUsedAt = try row("last_used_at")
        self.expiresAt = try row("expires_at")
        self.isActive = try row("is_active")
        self.createdBy = try row("created_by")
        let games: [GameID]? = try row("game_ids")
        self.games = games.map { Set($0) }
        let networks: [String] = try row("networks")
        self.networks = networks.compactMap(IPNetwork.init)
        self.replacedBy = try row("replaced_by")
        self.trust = try row("trust_id")
        self.provenance = try row("provenance")
    }

    /// Whether it may be used from an address; one for some networks is refused where nobody knows the address.
    func admits(_ address: IPAddress?) -> Bool {
        self.networks.isEmpty || address.map { address in self.networks.contains { $0.contains(address) } } == true
    }

    static let columns: SQL = """
        key_id, developer_id, name, key_prefix, permissions, created_at, last_used_at, expires_at, is_active,
        created_by, game_ids, networks, replaced_by, trust_id, provenance::text AS provenance
        """
}

extension APIKeyRecord {
    /// What the audit log remembers of it.
    func audited(_ action: String) -> AuditEntry {
        AuditEntry(
            developer: self.developer, action: action, target: "apikey/\(self.id)",
            after: [
                "name": .text(self.name), "key_prefix": .string(self.prefix),
                "permissions": .array(self.scopes.map { .string($0.rawValue) }),
                "game_ids": .texts(self.games?.sorted()),
                "networks": .texts(self.networks),
                "expires_at": .text(self.expiresAt?.formatted(.iso8601)),
            ])
    }
}
