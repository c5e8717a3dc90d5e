import Content
import Games
import HTTPTypes
import Hummingbird
import Releases
import Storefront

/// Which version who follows a line of releases gets.
struct ChannelRoutes: Sendable {
    private let games: GameReader
    private let releases: Releases
    private let cursors: CursorCodec
    private let limits: APILimits

    private static let longestReason = 1000

    init(_ services: APIServices) {
        self.games = GameReader(services)
        self.releases = services.shop.releases
        self.cursors = services.cursors
        self.limits = services.limits
    }

    /// `GET /games/{game_id}/channels`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let channels = try await self.releases.channels(of: game.id)
        return .json(["items": .array(channels.map(ReleaseJSON.channel)), "next_cursor": .null])
    }

    /// `GET /games/{game_id}/channels/{name}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        self.answer(try await self.channel(of: try await self.games.game(context), context))
    }

    /// `PUT /games/{game_id}/channels/{name}`: points it at a version that moderation has passed.
    @Sendable func set(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let name = try context.pathChannel()
        var fields = Fields(try await request.readObject(within: self.limits))
        if fields.object["version_id"] ?? .null == .null { fields.fail("version_id", "required", "is required") }
        let version = fields.optionalIdentifier("version_id", of: Version.self)
        let percent = fields.optionalNumber("rollout_percent", 0...100)
        try fields.finish()
        if let current = try await self.releases.channel(name, of: game.id) {
            _ = try request.checkMatch(EntityTag(revision: current.revision))
        }
        let outcome = try await self.releases.publish(
            PublicationRequest(version: version, channel: name, percent: percent), of: game.id,
            developer: game.developer, by: try context.requireActor())
        switch outcome {
        case .published(_, let channel)?, .unchanged(_, let channel)?: return self.answer(channel)
        case .scheduled?, nil: throw HTTPProblem.notFound
        }
    }

    /// `PATCH /games/{game_id}/channels/{name}/rollout`: `rollout_percent` up or down, or `{"state": "halted"}`.
    @Sendable func roll(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let current = try await self.channel(of: game, context)
        var fields = Fields(try await request.readObject(within: self.limits))
        let percent = fields.optionalNumber("rollout_percent", 0...100)
        let halt = fields.choice("state", of: HaltWord.self)
        if (percent == nil) == (halt == nil), fields.errors.isEmpty {
            fields.fail("rollout_percent", "required", "give either rollout_percent or state")
        }
        try fields.finish()
        let isConditional = try request.checkMatch(EntityTag(revision: current.revision))
        let channel = try await self.releases.roll(
            current.name, to: percent, of: game.id, developer: game.developer,
            ifRevision: isConditional ? current.revision : nil, by: try context.requireActor())
        guard let channel else { throw HTTPProblem.notFound }
        return self.answer(channel)
    }

    /// `POST /games/{game_id}/channels/{name}/rollback`: to the version before, or to the one that is named.
    @Sendable func rollBack(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let current = try await self.channel(of: game, context)
        var fields = Fields(try await request.readOptionalObject(within: self.limits) ?? JSONObject())
        let version = fields.optionalIdentifier("version_id", of: Version.self)
        let reason = fields.cleanText("reason", length: Self.longestReason, allowsLines: true)
        try fields.finish()
        _ = try request.checkMatch(EntityTag(revision: current.revision))
        let channel = try await self.releases.rollBack(
            current.name, to: version, of: game.id, developer: game.developer, reason: reason.applied(to: nil),
            by: try context.requireActor())
        guard let channel else { throw HTTPProblem.notFound }
        return self.answer(channel)
    }

    /// `GET /games/{game_id}/channels/{name}/history`, newest first; also of a channel that is gone.
    @Sendable func history(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let limit = query.limit()
        let cursor = query.cursor(self.cursors, for: "channel-history", fields: 1)
        try query.finish()
        let game = try await self.games.game(context)
        let events = try await self.releases.history(
            of: try context.pathChannel(), game: game.id, before: cursor?.first.flatMap(Int64.init),
            limit: Page<ChannelEvent>.probe(limit))
        return Page(events, limit: limit).response(
            request, codec: self.cursors, list: "channel-history", cursor: { ["\($0.number)"] },
            json: ReleaseJSON.event)
    }

    /// `DELETE /games/{game_id}/channels/{name}`.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let current = try await self.channel(of: game, context)
        _ = try request.checkMatch(EntityTag(revision: current.revision))
        let isGone = try await self.releases.delete(
            current.name, of: game.id, developer: game.developer, by: try context.requireActor())
        guard isGone else { throw HTTPProblem.notFound }
        return .noContent
    }

    private func channel(of game: GameRecord, _ context: APIContext) async throws -> Channel {
        guard let channel = try await self.releases.channel(try context.pathChannel(), of: game.id) else {
            throw HTTPProblem.notFound
        }
        return channel
    }

    private func answer(_ channel: Channel) -> Response {
        .json(ReleaseJSON.channel(channel), tag: EntityTag(revision: channel.revision))
    }

    /// The one state that a rollout can be set to by name.
    private enum HaltWord: String, CaseIterable {
        case halted
    }
}
