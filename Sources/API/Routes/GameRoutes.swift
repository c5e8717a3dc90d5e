import Access
import BuildStore
import Content
import Games
import HTTPTypes
import Hummingbird
import ObjectStore
import Postgres
import Releases
import Storefront

/// The games of a company.
struct GameRoutes: Sendable {
    private let games: Games
    private let builds: BuildStore
    private let store: any ObjectStore
    private let releases: Releases
    private let cursors: CursorCodec
    private let limits: APILimits

    init(_ services: APIServices) {
        self.games = services.games
        self.builds = services.builds
        self.store = services.store
        self.releases = services.shop.releases
        self.cursors = services.cursors
        self.limits = services.limits
    }

    /// `POST /games`: the company is the caller's, whatever the body says.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let title = fields.requiredText("title", length: 1...255)
        try fields.finish()
        guard let title else { throw HTTPProblem.unexpected }
        let game = try await self.games.create(title: title, for: try context.requireDeveloper())
        return .json(
            GameJSON.game(game, current: nil, pending: nil), status: .created, tag: EntityTag(revision: game.revision),
            headers: [.location: "\(RouteTable.prefix)/games/\(game.id)"])
    }

    /// `GET /games`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let status = query.choice("status", of: GameStatus.self)
        let part = query.text("q", maximumLength: 255)
        let limit = query.limit()
        let after = query.position(self.cursors, for: "games") { GameID($0) }
        try query.finish()
        let principal = try context.requirePrincipal()
        let games = try await self.games.list(
            of: principal.developer, status: status, titlePart: part, games: principal.games, after: after,
            limit: Page<GameRecord>.probe(limit))
        return Page(games, limit: limit).response(
            request, codec: self.cursors, list: "games",
            cursor: { $0.position.fields },
            json: { .object(GameJSON.game($0)) })
    }

    /// `GET /games/{game_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.game(context)
        // The tag is the game's own state; what its versions do is theirs, so a 304 would hide it.
        return .json(try await self.json(game), tag: EntityTag(revision: game.revision))
    }

    /// `PUT /games/{game_id}`: the title, or withdrawing it from review.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let title = fields.optionalText("title", length: 1...255)
        let status = fields.choice("status", of: GameStatus.self)
        try fields.finish()
        let current = try await self.game(context)
        let isConditional = try request.checkMatch(EntityTag(revision: current.revision))
        let (releases, actor) = (self.releases, try context.requireActor())
        do {
            let changed = try await self.games.update(
                current.id, of: current.developer, title: title, status: status,
                ifRevision: isConditional ? current.revision : nil
            ) { before, after, transaction in
                if before.status == .pendingReview, after.status == .draft {
                    try await releases.withdrawAll(of: after, by: actor, in: transaction)
                } else {
                    try await releases.tellListingChanged(after.id, of: after.developer, in: transaction)
                }
            }
            guard let game = changed else { throw HTTPProblem.notFound }
            return .json(try await self.json(game), tag: EntityTag(revision: game.revision))
        } catch let error as InvalidTransition {
            var problem = HTTPProblem.invalidTransition(error)
            problem.members["allowed_transitions"] = .array(current.status.allowed.map { .string($0.rawValue) })
            throw problem
        }
    }

    /// `DELETE /games/{game_id}`.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.game(context)
        _ = try request.checkMatch(EntityTag(revision: game.revision))
        let removal = StoredGameRemoval(builds: self.builds, store: self.store)
        guard try await self.games.delete(game.id, of: game.developer, removal: removal) else {
            throw HTTPProblem.notFound
        }
        return .noContent
    }

    private func game(_ context: APIContext) async throws -> GameRecord {
        let id = try context.pathIdentifier("game_id", of: Game.self)
        guard let game = try await self.games.game(id, of: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return game
    }

    private func json(_ game: GameRecord) async throws -> JSONValue {
        let live = try await self.releases.channel(.public, of: game.id)?.version
        let heads = try await self.builds.heads(of: game.id, developer: game.developer, live: live)
        return GameJSON.game(game, current: heads.live ?? heads.ready, pending: heads.pending)
    }
}

/// What a game's builds leave in the object store goes with it.
private struct StoredGameRemoval: GameRemoval {
    let builds: BuildStore
    let store: any ObjectStore

    func condemn(_ version: VersionID, in transaction: Transaction) async throws {
        try await self.builds.condemnPacks(of: version, in: transaction)
    }

    func release(_ version: VersionID, in transaction: Transaction) async throws -> [String] {
        try await self.builds.deletePacks(of: version, in: transaction)
    }

    func erase(objects: [String], uploads: [OpenUpload]) async throws {
        for upload in uploads {
            guard let key = ObjectKey(upload.key) else { continue }
            try await self.store.abortMultipart(key, MultipartUploadID(upload.id))
        }
        try await self.store.delete(objects.compactMap { ObjectKey($0) })
    }
}
