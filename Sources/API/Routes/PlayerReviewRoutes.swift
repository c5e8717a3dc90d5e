import Content
import FoundationEssentials
import Games
import HTTPTypes
import Hummingbird
import Platform
import Releases
import Storefront

/// What players say of a game, and what the studio answers.
struct PlayerReviewRoutes: Sendable {
    private let reviews: PlayerReviews
    private let games: GameReader
    private let cursors: CursorCodec
    private let limits: APILimits
    private let tell: Conventions.Tell

    static let longestBody = 8000
    static let longestReply = 4000

    init(_ services: APIServices) {
        self.reviews = PlayerReviews(database: services.database)
        self.games = GameReader(services)
        self.cursors = services.cursors
        self.limits = services.limits
        self.tell = services.conventions.tell
    }

    /// `GET /games/{game_id}/player-reviews`: newest first; with `unanswered=true` those that wait for an answer.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let unanswered = query.text("unanswered", maximumLength: 5)
        if let unanswered, !["true", "false"].contains(unanswered) {
            query.fail("unanswered", "unknown-value", "must be true or false")
        }
        let limit = query.limit()
        let after = query.position(self.cursors, for: "player-reviews") { $0 }
        try query.finish()
        let game = try await self.games.game(context)
        let reviews = try await self.reviews.list(
            of: game.id, developer: game.developer, unanswered: unanswered == "true", after: after,
            limit: Page<PlayerReview>.probe(limit))
        return Page(reviews, limit: limit).response(
            request, codec: self.cursors, list: "player-reviews",
            cursor: { $0.position.fields },
            json: Self.json)
    }

    /// `PUT /games/{game_id}/player-reviews/{player_review_id}/reply`: `{"text": "…"}`, or null to take it back.
    @Sendable func reply(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        var fields = Fields(try await request.readObject(within: self.limits))
        if fields.object["text"] == nil { fields.fail("text", "required", "is required; null takes the answer back") }
        let text = fields.cleanText("text", length: Self.longestReply, allowsLines: true).applied(to: nil)
        try fields.finish()
        guard let id = context.parameters.get("player_review_id").map({ String($0) }) else {
            throw HTTPProblem.notFound
        }
        let tell = self.tell
        let review = try await self.reviews.reply(
            text, to: id, of: game.id, developer: game.developer, by: try context.requireActor().text
        ) { review, transaction in
            try await tell(Self.event("player_review.replied", review), transaction)
            try await AuditLog.append(
                AuditEntry(
                    developer: review.developer, action: "player_review.replied", target: "game/\(review.game)",
                    after: ["review_id": .string(review.text.id), "reply": .text(review.reply?.text)]),
                in: transaction)
        }
        guard let review else { throw HTTPProblem.notFound }
        return .json(Self.json(review), tag: EntityTag(revision: review.revision))
    }

    /// `POST /internal/v1/games/{game_id}/player-reviews`: what a player wrote or rewrote, by the review's own id.
    @Sendable func record(_ request: Request, context: APIContext) async throws -> Response {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        let id = fields.requiredText("review_id", length: 1...100)
        let author = fields.requiredText("author_name", length: 1...100)
        let isPositive = fields.flag("is_positive")
        if fields.object["is_positive"] ?? .null == .null { fields.fail("is_positive", "required", "is required") }
        let body = fields.cleanText("body", length: Self.longestBody, allowsLines: true).applied(to: nil)
        let language = fields.optionalText("language", length: 2...35)
        let minutes = fields.optionalInteger("playtime_minutes", 0...Int64(Int32.max))
        let writtenAt = fields.time("written_at")
        if fields.object["written_at"] ?? .null == .null { fields.fail("written_at", "required", "is required") }
        try fields.finish()
        guard let id, let author, let isPositive, let writtenAt else { throw HTTPProblem.unexpected }
        let tell = self.tell
        let recorded = try await self.reviews.record(
            PlayerReviewText(
                id: id, author: author, isPositive: isPositive, body: body ?? "", language: language,
                playtimeMinutes: minutes.map { Int($0) }, writtenAt: writtenAt),
            of: game
        ) { review, transaction in
            try await tell(Self.event("player_review.created", review), transaction)
        }
        switch recorded {
        case nil: throw HTTPProblem.notFound
        case .new(let review): return .json(Self.json(review), status: .created)
        case .known(let review): return .json(Self.json(review))
        }
    }

    private static func event(_ type: String, _ review: PlayerReview) -> OutgoingEvent {
        let data: JSONValue = [
            "game_id": .string(review.game.description), "review_id": .string(review.text.id),
            "is_positive": .bool(review.text.isPositive), "reply": .text(review.reply?.text),
        ]
        return OutgoingEvent(
            type: type, developer: review.developer, aggregate: "game/\(review.game)", json: data.description)
    }

    private static func json(_ review: PlayerReview) -> JSONValue {
        let reply = review.reply.map { reply -> JSONValue in
            ["text": .string(reply.text), "replied_by": .string(reply.by), "replied_at": .time(reply.at)]
        }
        return [
            "review_id": .string(review.text.id), "game_id": .string(review.game.description),
            "author_name": .string(review.text.author), "is_positive": .bool(review.text.isPositive),
            "body": .string(review.text.body), "language": .text(review.text.language),
            "playtime_minutes": .integer(review.text.playtimeMinutes), "written_at": .time(review.text.writtenAt),
            "reply": reply ?? .null,
        ]
    }
}
