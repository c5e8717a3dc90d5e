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
        let scopes = fields.scopes("permissions")
        let games = fields.games("game_ids")
        let networks = fields.networks("networks")
        let expiresAt = fields.time("expires_at")
        if let expiresAt, expiresAt <= Date() { fields.fail("expires_at", "range", "must be in the future") }
        try fields.finish()
        let principal = try context.requirePrincipal()
        let terms = APIKeyTerms(
            name: name, scopes: scopes, expiresAt: expiresAt, games: games, networks: networks, trust: nil)
        let (record, key) = try await self.keys.create(terms, for: principal.developer, by: principal.user)
        return Self.created(record, key)
    }

    /// `GET /apikeys/{key_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("key_id", of: APIKey.self)
        guard let key = try await self.keys.key(id, of: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return .json(.object(Self.json(key)))
    }

    /// `POST /apikeys/{key_id}/rotate`: a new key for the same; the old one works on for `overlap_seconds`.
    @Sendable func rotate(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("key_id", of: APIKey.self)
        var fields = Fields(try await request.readOptionalObject(within: self.limits) ?? JSONObject())
        let most = APIKeys.longestOverlap.components.seconds
        let overlap = fields.optionalInteger("overlap_seconds", 0...most) ?? 86_400
        try fields.finish()
        let principal = try context.requirePrincipal()
        let rotated = try await self.keys.rotate(
            id, of: principal.developer, overlap: .seconds(overlap), by: principal.user)
        guard let (record, key) = rotated else { throw HTTPProblem.notFound }
        return Self.created(record, key)
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

    private static func created(_ record: APIKeyRecord, _ key: APIKeyText) -> Response {
        var object = Self.json(record)
        object["api_key"] = .string(key.text)
        return .json(
            .object(object), status: .created, headers: [.location: "\(RouteTable.prefix)/apikeys/\(record.id)"])
    }

    private static func json(_ key: APIKeyRecord) -> JSONObject {
        JSONObject([
            ("key_id", .string(key.id.description)), ("name", .text(key.name)), ("key_prefix", .string(key.prefix)),
            ("permissions", .array(key.scopes.map { .string($0.rawValue) })), ("created_at", .time(key.createdAt)),
            ("last_used_at", .time(key.lastUsedAt)), ("expires_at", .time(key.expiresAt)),
            ("is_active", .bool(key.isActive)), ("created_by", .text(key.createdBy?.description)),
            ("game_ids", .texts(key.games?.sorted())),
            ("networks", .texts(key.networks)),
            ("replaced_by", .text(key.replacedBy?.description)),
        ])
    }
}
