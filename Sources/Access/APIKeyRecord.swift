public import Content
public import FoundationEssentials
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
    }

    static let columns: SQL = """
        key_id, developer_id, name, key_prefix, permissions, created_at, last_used_at, expires_at, is_active, created_by
        """
}
