import Access
import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// Keyless CI: whom a company trusts, and the exchange of what they vouch for.
struct TrustRoutes: Sendable {
    private let trusts: OIDCTrusts
    private let limits: APILimits

    init(_ services: APIServices) {
        self.trusts = services.trusts
        self.limits = services.limits
    }

    /// `POST /oidc/trusts`.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let name = fields.requiredText("name", length: 1...100)
        let issuer = fields.requiredText("issuer", length: 1...300)
        let repository = fields.requiredText("repository", length: 1...200)
        let ref = fields.optionalText("ref", length: 1...300)
        let environment = fields.optionalText("environment", length: 1...200)
        let games = fields.games("game_ids")
        let scopes = fields.scopes("permissions")
        if let issuer, !self.trusts.knownIssuers.contains(issuer) {
            let known = self.trusts.knownIssuers.joined(separator: ", ")
            fields.fail("issuer", "unknown-value", "must be one that the platform knows: \(known)")
        }
        // A star alone would look like a condition and be none.
        if ref == "*" { fields.fail("ref", "format", "leave it out for any") }
        try fields.finish()
        guard let name, let issuer, let repository else { throw HTTPProblem.unexpected }
        let terms = OIDCTerms(
            name: name, issuer: issuer, repository: repository, ref: ref, environment: environment, games: games,
            scopes: scopes)
        let trust = try await self.trusts.create(
            terms, for: try context.requireDeveloper(), by: try context.requireUser())
        return .json(Self.json(trust), status: .created)
    }

    /// `GET /oidc/trusts`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let trusts = try await self.trusts.list(of: try context.requireDeveloper())
        return .json(["items": .array(trusts.map(Self.json)), "next_cursor": .null])
    }

    /// `DELETE /oidc/trusts/{trust_id}`.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("trust_id", of: TrustSubject.self)
        guard try await self.trusts.delete(id, of: try context.requireDeveloper()) else { throw HTTPProblem.notFound }
        return .noContent
    }

    /// `POST /oidc/exchange`: who asks proves itself by the token in the body.
    @Sendable func exchange(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let token = fields.requiredText("token", length: 1...16_384)
        let chosen = fields.optionalText("trust_id", length: 1...36).map { TrustID($0) }
        if let chosen, chosen == nil { fields.fail("trust_id", "format", "must be a UUID") }
        try fields.finish()
        guard let token else { throw HTTPProblem.unexpected }
        let (trust, record, key) = try await self.trusts.exchange(token, chosen: chosen ?? nil, now: Date())
        context.notes.note("principal", "key:\(record.id)")
        return .json(
            [
                "access_token": .string(key.text), "token_type": "Bearer",
                "expires_in": .integer(OIDCTrusts.lifetime.components.seconds), "expires_at": .time(record.expiresAt),
                "developer_id": .string(trust.developer.description), "trust_id": .string(trust.id.description),
                "game_ids": Self.games(trust), "permissions": Self.permissions(trust),
            ], status: .created)
    }

    private static func json(_ trust: OIDCTrust) -> JSONValue {
        [
            "trust_id": .string(trust.id.description), "name": .string(trust.terms.name),
            "issuer": .string(trust.terms.issuer), "repository": .string(trust.terms.repository),
            "ref": .text(trust.terms.ref), "environment": .text(trust.terms.environment), "game_ids": Self.games(trust),
            "permissions": Self.permissions(trust), "created_by": .string(trust.createdBy.description),
            "created_at": .time(trust.createdAt), "last_used_at": .time(trust.lastUsedAt),
        ]
    }

    private static func games(_ trust: OIDCTrust) -> JSONValue {
        .texts(trust.terms.games)
    }

    private static func permissions(_ trust: OIDCTrust) -> JSONValue {
        .array(trust.terms.scopes.map { .string($0.rawValue) })
    }
}
