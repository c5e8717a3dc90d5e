public import Content
public import FoundationEssentials
public import Postgres
import Storefront

/// Endpoints of studios: owner of `webhook_endpoints`, with ``Outbox``.
public struct Webhooks: Sendable {
    let database: Database

    /// Endpoints of one company, at most.
    public static let maximum = 20
    /// How long an old secret signs beside the new one.
    public static let overlap = Duration.seconds(86_400)

    public init(database: Database) { self.database = database }

    /// What a studio says of an endpoint; in a change, nil stays as it is.
    public struct Terms: Equatable, Sendable {
        public var url: String?
        public var types: [String]?
        public var description: String?
        public var isEnabled: Bool?

        public init(url: String?, types: [String]?, description: String?, isEnabled: Bool?) {
            self.url = url
            self.types = types
            self.description = description
            self.isEnabled = isEnabled
        }
    }

    /// - Parameter terms: with a URL that was looked at.
    /// - Throws: ``WebhookError/tooMany(limit:)``, or `PostgresError`.
    public func create(_ terms: Terms, for developer: DeveloperID) async throws -> WebhookEndpoint {
        try await self.database.transaction { transaction in
            let count = try await transaction.rows(
                "SELECT 1 FROM webhook_endpoints WHERE developer_id = \(developer) LIMIT \(Self.maximum)"
            ).count
            guard count < Self.maximum else { throw WebhookError.tooMany(limit: Self.maximum) }
            let row = try await transaction.row(
                """
                INSERT INTO webhook_endpoints (developer_id, url, types, description, enabled)
                VALUES (\(developer), \(terms.url), \(terms.types ?? [])::text[], \(terms.description),
                        \(terms.isEnabled ?? true))
                RETURNING \(WebhookEndpoint.columns)
                """)
            guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
            let endpoint = try WebhookEndpoint(row)
            try await AuditLog.append(endpoint.audited("webhook.created"), in: transaction)
            return endpoint
        }
    }

    /// The company's endpoints, newest first; at most ``maximum``.
    public func list(of developer: DeveloperID) async throws(PostgresError) -> [WebhookEndpoint] {
        try await self.database.rows(
            """
            SELECT \(WebhookEndpoint.columns) FROM webhook_endpoints
            WHERE developer_id = \(developer)
            ORDER BY created_at DESC, endpoint_id
            LIMIT \(Self.maximum)
            """
        ).map { row throws(PostgresError) in try WebhookEndpoint(row) }
    }

    /// - Returns: nil when it does not exist, or is another company's.
    public func endpoint(_ id: UUID, of developer: DeveloperID) async throws(PostgresError) -> WebhookEndpoint? {
        try await self.database.row(
            """
            SELECT \(WebhookEndpoint.columns) FROM webhook_endpoints
            WHERE endpoint_id = \(id) AND developer_id = \(developer)
            """
        ).map { row throws(PostgresError) in try WebhookEndpoint(row) }
    }

    /// Changes what is not nil; switching it on forgets that it failed.
    ///
    /// - Returns: nil when it does not exist, or is another company's.
    public func update(_ id: UUID, of developer: DeveloperID, _ terms: Terms) async throws -> WebhookEndpoint? {
        try await self.change(id, of: developer, "webhook.changed") { transaction in
            try await transaction.execute(
                """
                UPDATE webhook_endpoints
                SET url = coalesce(\(terms.url), url), types = coalesce(\(terms.types)::text[], types),
                    description = coalesce(\(terms.description), description),
                    enabled = coalesce(\(terms.isEnabled), enabled),
                    failing_since = CASE WHEN \(terms.isEnabled == true) THEN NULL ELSE failing_since END,
                    disabled_reason = CASE WHEN \(terms.isEnabled == true) THEN NULL ELSE disabled_reason END
                WHERE endpoint_id = \(id)
                """)
        }
    }

    /// Gives it a new secret; the old one signs, too, for ``overlap``.
    ///
    /// - Returns: nil when it does not exist, or is another company's.
    public func rotateSecret(_ id: UUID, of developer: DeveloperID) async throws -> WebhookEndpoint? {
        try await self.change(id, of: developer, "webhook.secret_rotated") { transaction in
            try await transaction.execute(
                """
                UPDATE webhook_endpoints
                SET secret_generation = secret_generation + 1, old_secret_until = now() + \(Self.overlap)
                WHERE endpoint_id = \(id)
                """)
        }
    }

    /// Deletes an endpoint and what was to be delivered there.
    ///
    /// - Returns: false when it does not exist, or is another company's.
    public func delete(_ id: UUID, of developer: DeveloperID) async throws -> Bool {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                DELETE FROM webhook_endpoints WHERE endpoint_id = \(id) AND developer_id = \(developer)
                RETURNING \(WebhookEndpoint.columns)
                """)
            guard let endpoint = try row.map(WebhookEndpoint.init) else { return false }
            try await AuditLog.append(endpoint.audited("webhook.deleted"), in: transaction)
            return true
        }
    }

    private func change(
        _ id: UUID, of developer: DeveloperID, _ action: String, _ body: (Transaction) async throws -> Void
    ) async throws -> WebhookEndpoint? {
        try await self.database.transaction { transaction -> WebhookEndpoint? in
            let current = try await transaction.row(
                """
                SELECT \(WebhookEndpoint.columns) FROM webhook_endpoints
                WHERE endpoint_id = \(id) AND developer_id = \(developer)
                FOR NO KEY UPDATE
                """)
            guard let before = try current.map(WebhookEndpoint.init) else { return nil }
            try await body(transaction)
            let changed = try await transaction.row(
                "SELECT \(WebhookEndpoint.columns) FROM webhook_endpoints WHERE endpoint_id = \(id)")
            guard let after = try changed.map(WebhookEndpoint.init) else { return nil }
            try await AuditLog.append(
                AuditEntry(
                    developer: developer, action: action, target: "webhook/\(id.uuidString.lowercased())",
                    from: before.audited, to: after.audited),
                in: transaction)
            return after
        }
    }
}

extension WebhookEndpoint {
    /// What the audit log compares; there is no secret in it.
    var audited: JSONObject {
        JSONObject([
            ("url", .string(self.url)), ("types", .array(self.types.map { .string($0) })),
            ("description", .text(self.description)), ("enabled", .bool(self.isEnabled)),
            ("secret_generation", .integer(self.generation)),
        ])
    }

    func audited(_ action: String) -> AuditEntry {
        AuditEntry(
            developer: self.developer, action: action, target: "webhook/\(self.id.uuidString.lowercased())",
            after: .object(self.audited))
    }
}
