import Content
import Games
import HTTPTypes
import Hummingbird
import Releases
import Storefront

/// On the shop, and off it.
struct PublicationRoutes: Sendable {
    private let games: GameReader
    private let releases: Releases
    private let limits: APILimits

    init(_ services: APIServices) {
        self.games = GameReader(services)
        self.releases = services.shop.releases
        self.limits = services.limits
    }

    /// `POST /games/{game_id}/publish`: the version moderation passed last, to everybody, now, unless the body says
    /// otherwise; once more changes nothing. 202 when it waits for its time.
    @Sendable func publish(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        var fields = Fields(try await request.readOptionalObject(within: self.limits) ?? JSONObject())
        let wanted = PublicationRequest(
            version: fields.optionalIdentifier("version_id", of: Version.self),
            channel: fields.channel("channel") ?? .public, percent: fields.optionalNumber("rollout_percent", 0...100),
            at: fields.time("publish_at"))
        try fields.finish()
        let outcome = try await self.releases.publish(
            wanted, of: game.id, developer: game.developer, by: try context.requireActor())
        guard let outcome else { throw HTTPProblem.notFound }
        if case .scheduled = outcome { return .json(ReleaseJSON.outcome(outcome), status: .accepted) }
        return .json(ReleaseJSON.outcome(outcome))
    }

    /// `GET /games/{game_id}/publications`: what waits for its time.
    @Sendable func scheduled(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let scheduled = try await self.releases.scheduled(of: game.id)
        return .json(["items": .array(scheduled.map(ReleaseJSON.scheduled)), "next_cursor": .null])
    }

    /// `DELETE /games/{game_id}/publications/{name}`: calls off what waits for its time.
    @Sendable func cancel(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let cancelled = try await self.releases.cancelPublication(
            of: game.id, developer: game.developer, channel: try context.pathChannel())
        guard cancelled != nil else { throw HTTPProblem.notFound }
        return .noContent
    }

    /// `POST /games/{game_id}/unpublish`: owners keep it.
    @Sendable func unpublish(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let moved = try await self.releases.unpublish(
            game.id, of: game.developer, by: try context.requireActor())
        guard let moved else { throw HTTPProblem.notFound }
        return .json(.object(GameJSON.game(moved)))
    }
}

extension APIContext {
    /// The channel in the path; what is no name names nothing.
    func pathChannel() throws(HTTPProblem) -> ChannelName {
        guard let text = self.parameters.get("name"), let name = ChannelName(text) else { throw .notFound }
        return name
    }
}

extension Fields {
    /// The name of a channel; nil when it is absent or null.
    mutating func channel(_ name: String) -> ChannelName? {
        guard let text = self.optionalText(name, length: 1...100) else { return nil }
        guard let channel = ChannelName(text) else {
            self.fail(name, "format", "must be 1 to 32 of a-z, 0-9 and -, the first a letter")
            return nil
        }
        return channel
    }
}
