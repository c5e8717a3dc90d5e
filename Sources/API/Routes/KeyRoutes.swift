import Access
import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// The API keys of a company.
struct KeyRoutes: Sendable {
    private let keys: APIKeys
    private let limits: APILimits

    init(_ services: APIServices) {
        self.keys = services.access.keys
        self.limits = services.limits
    }

    /// `POST /apikeys`: the only answer that ever has the key in it.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let name = fields.optionalText("name", length: 1...100)
        let scopes = self.scopes(&fields)
        let expiresAt = fields.time("expires_at")
        if let expiresAt, expiresAt <= Date() { fields.fail("expires_at", "range", "must be in the future") }
        try fields.finish()
        let principal = try context.requirePrincipal()
        let (record, key) = try await self.keys.create(
            name: name, scopes: scopes, expiresAt: expiresAt, for: principal.developer, by: principal.user)
        var object = Self.json(record)
        object["api_key"] = .string(key.text)
        return .json(
            .object(object), status: .created, headers: [.location: "\(RouteTable.prefix)/apikeys/\(record.id)"])
    }

    /// `GET /apikeys`: revoked ones too, never a key or its hash.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let keys = try await self.keys.list(of: try context.requireDeveloper())
        return .json(["items": .array(keys.map { .object(Self.json($0)) }), "next_cursor": .null])
    }

    /// `DELETE /apikeys/{key_id}`.
    @Sendable func revoke(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("key_id", of: APIKey.self)
        guard try await self.keys.revoke(id, of: try context.requireDeveloper()) else { throw HTTPProblem.notFound }
        return .noContent
    }

    private func scopes(_ fields: inout Fields) -> [Permission] {
        let items = fields.requiredArray("permissions", count: 0...Permission.grantableToKeys.count) ?? []
        var scopes: [Permission] = []
        for (index, item) in items.enumerated() {
            guard case .string(let name) = item else {
                fields.fail(at: "/permissions/\(index)", "type", "must be a string, not \(item.kind)")
                continue
            }
            guard let scope = Permission(rawValue: name), scope.isGrantableToKeys else {
                let known = Permission.grantableToKeys.map(\.rawValue).joined(separator: ", ")
                fields.fail(at: "/permissions/\(index)", "unknown-value", "must be one of \(known)")
                continue
            }
            if !scopes.contains(scope) { scopes.append(scope) }
        }
        return scopes
    }

    private static func json(_ key: APIKeyRecord) -> JSONObject {
        JSONObject([
            ("key_id", .string(key.id.description)), ("name", .text(key.name)), ("key_prefix", .string(key.prefix)),
            ("permissions", .array(key.scopes.map { .string($0.rawValue) })), ("created_at", .time(key.createdAt)),
            ("last_used_at", .time(key.lastUsedAt)), ("expires_at", .time(key.expiresAt)),
            ("is_active", .bool(key.isActive)), ("created_by", .text(key.createdBy?.description)),
        ])
    }
}
