public import Content
public import FoundationEssentials
import Postgres

/// Where a studio's events go: one row of `webhook_endpoints`.
public struct WebhookEndpoint: Equatable, Sendable {
    public let id: UUID
    public let developer: DeveloperID
    public let url: String
    /// Types of events; empty for all.
    public let types: [String]
    public let description: String?
    public let isEnabled: Bool
    /// Why the program has switched it off; nil unless it has.
    public let disabledReason: String?
    /// Since when nothing arrived there; nil when the last event did.
    public let failingSince: Date?
    /// Counts its secrets.
    public let generation: Int
    /// So long the secret before signs, too.
    public let oldSecretUntil: Date?
    public let createdAt: Date
    public let updatedAt: Date

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("endpoint_id")
        self.developer = try row("developer_id")
        self.url = try row("url")
        self.types = try row("types")
        self.description = try row("description")
        self.isEnabled = try row("enabled")
        self.disabledReason = try row("disabled_reason")
        self.failingSince = try row("failing_since")
        self.generation = try row("secret_generation")
        self.oldSecretUntil = try row("old_secret_until")
        self.createdAt = try row("created_at")
        self.updatedAt = try row("updated_at")
    }

    static let columns: SQL = """
        endpoint_id, developer_id, url, types, description, enabled, disabled_reason, failing_since, secret_generation,
        old_secret_until, created_at, updated_at
        """
}
