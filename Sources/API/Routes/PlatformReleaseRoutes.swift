import Access
import Content
import Games
import HTTPTypes
import Hummingbird
import Releases
import Storefront

/// What the platform's other services do with releases: they judge them, serve them, and take them back.
struct PlatformReleaseRoutes: Sendable {
    private let releases: Releases
    private let limits: APILimits

    private static let longestReason = 4000

    init(_ services: APIServices) {
        self.releases = services.shop.releases
        self.limits = services.limits
    }

    /// `POST /internal/v1/reviews/{review_id}/decision`: the same again changes nothing.
    @Sendable func decide(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("review_id", of: Reviews.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        if fields.object["decision"] ?? .null == .null { fields.fail("decision", "required", "is required") }
        let decision = fields.choice("decision", of: ReviewDecision.self)
        let reason = fields.cleanText("reason", length: Self.longestReason, allowsLines: true).applied(to: nil)
        let moderator = fields.optionalText("moderator", length: 1...200)
        if decision == .rejected, reason == nil { fields.fail("reason", "required", "a rejection has a reason") }
        try fields.finish()
        guard let decision else { throw HTTPProblem.unexpected }
        let review = try await self.releases.decide(
            id, decision, reason: reason, by: .platform(moderator ?? context.serviceName))
        guard let review else { throw HTTPProblem.notFound }
        return .json(ReleaseJSON.review(review))
    }

    /// `POST /internal/v1/versions/{version_id}/recall`: for ever; the same again changes nothing.
    @Sendable func recall(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("version_id", of: Version.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        let reason = fields.requiredText("reason", length: 1...Self.longestReason)
        try fields.finish()
        guard let reason else { throw HTTPProblem.unexpected }
        let version = try await self.releases.recall(id, reason: reason, by: .platform(context.serviceName))
        guard let version else { throw HTTPProblem.notFound }
        return .json(VersionJSON.version(version, VersionJSON.Parts()))
    }

    /// `GET /internal/v1/games/{game_id}/channels/{name}/manifest`: what one player gets, the same by every server.
    @Sendable func manifest(_ request: Request, context: APIContext) async throws -> Response {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let name = try context.pathChannel()
        var query = QueryFields(request)
        let player = query.text("player_id", maximumLength: 200)
        let installed = query.identifier("installed", of: Version.self)
        try query.finish()
        let found = try await self.releases.answer(name, of: game, player: player, installed: installed)
        guard let answer = found else { throw HTTPProblem.notFound }
        let tag = EntityTag("\(answer.channel.revision)-\(answer.version)")
        if request.alreadyHas(tag) { return .notModified(tag) }
        return .json(
            [
                "game_id": .string(game.description), "channel": .string(name.text),
                "channel_revision": .integer(answer.channel.revision),
                "rollout_state": .string(answer.channel.rollout.state.rawValue),
                "rollout_percent": .integer(answer.channel.rollout.percent), "is_newer": .bool(answer.isNewer),
                "version": answer.content,
            ],
            tag: tag)
    }
}

extension APIContext {
    /// The service that asks, on a route for services.
    var serviceName: String {
        if case .service(let claims)? = self.identity { claims.name } else { "unknown" }
    }
}
