import BuildStore
import Content
import Games
import HTTPTypes
import Hummingbird
import Releases
import Storefront

/// Handing versions in for review, and what came of it.
struct ReviewRoutes: Sendable {
    private let releases: Releases
    private let shop: ShopServices
    private let reader: VersionReader
    private let limits: APILimits

    private static let longestNote = 4000

    init(_ services: APIServices, reader: VersionReader) {
        self.releases = services.shop.releases
        self.shop = services.shop
        self.reader = reader
        self.limits = services.limits
    }

    /// `GET /games/{game_id}/readiness`: of the newest ready version, or of `?version_id=`.
    @Sendable func readiness(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let wanted = query.identifier("version_id", of: Version.self)
        try query.finish()
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let found = try await self.releases.readiness(
            of: wanted, game: game, developer: try context.requireDeveloper())
        guard let (version, readiness) = found else { throw HTTPProblem.notFound }
        return .json(self.json(readiness, of: version, game: game))
    }

    /// `POST …/versions/{version_id}/submit`; with `dry_run` it only says what would be refused.
    @Sendable func submit(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        var fields = Fields(try await request.readOptionalObject(within: self.limits) ?? JSONObject())
        let note = fields.cleanText("note", length: Self.longestNote, allowsLines: true)
        let isDry = fields.flag("dry_run") ?? false
        let limit = fields.optionalInteger("max_patch_bytes", 0...Int64.max)
        try fields.finish()
        if isDry { return try await self.rehearse(version, maximumUpdate: limit) }
        let submitted = try await self.releases.submit(
            version.id, of: version.game, developer: version.developer, note: note.applied(to: nil),
            maximumUpdate: limit, by: try context.requireActor())
        guard let (review, readiness) = submitted else { throw HTTPProblem.notFound }
        let current = try await self.reader.version(context)
        return .json([
            "version_id": .string(current.id.description), "status": .string(current.status.rawValue),
            "review_status": .string(current.reviewStatus), "review": ReleaseJSON.review(review),
            "warnings": ReleaseJSON.readiness(readiness)["warnings"],
        ])
    }

    /// What a submission would say.
    private func rehearse(_ version: VersionRecord, maximumUpdate limit: Int64?) async throws -> Response {
        let found = try await self.releases.readiness(
            of: version.id, game: version.game, developer: version.developer)
        guard let (_, readiness) = found else { throw HTTPProblem.notFound }
        guard case .object(var object) = self.json(readiness, of: version, game: version.game) else {
            throw HTTPProblem.unexpected
        }
        if let limit {
            let costs = try await self.releases.updateCosts(
                of: version.id, game: version.game, developer: version.developer)
            object["updates"] = ReleaseJSON.updates(costs ?? [])
            let dear = (costs ?? []).filter { $0.bytes > limit }
            if !dear.isEmpty {
                object["ready"] = false
                object["blocking"] = .array(
                    readiness.blocking.map(ReleaseJSON.item) + [ReleaseJSON.dearUpdate(dear, limit: limit)])
            }
        }
        return .json(.object(object))
    }

    /// `POST …/versions/{version_id}/withdraw`.
    @Sendable func withdraw(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        let review = try await self.releases.withdraw(
            version.id, of: version.game, developer: version.developer, by: try context.requireActor())
        guard let review else { throw HTTPProblem.notFound }
        return .json(ReleaseJSON.review(review))
    }

    /// `GET …/versions/{version_id}/reviews`, newest first.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        let reviews = try await self.releases.reviews(of: version.id)
        return .json(["items": .array(reviews.map(ReleaseJSON.review)), "next_cursor": .null])
    }

    /// `DELETE …/versions/{version_id}`: one that players never had.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        let isGone = try await self.releases.delete(
            version.id, of: version.game, developer: version.developer, collecting: self.shop.collectGarbage)
        guard isGone else { throw HTTPProblem.notFound }
        return .noContent
    }

    private func json(_ readiness: Readiness, of version: VersionRecord?, game: GameID) -> JSONValue {
        var object = JSONObject([
            ("game_id", .string(game.description)), ("version_id", .text(version?.id.description)),
            ("version_string", .text(version?.versionString)),
            ("profile", .string(self.releases.policy.readiness.rawValue)),
        ])
        for (name, value) in ReleaseJSON.readiness(readiness).object?.members ?? [] { object[name] = value }
        return .object(object)
    }
}

extension JSONValue {
    /// The member of this name; null when there is none.
    fileprivate subscript(name: String) -> JSONValue { self.object?[name] ?? .null }
}
