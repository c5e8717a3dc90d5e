import BuildStore
import Content
import FoundationEssentials
import Games
import HTTPTypes
import Hummingbird
import ObjectStore
import Platform
import Postgres
import Releases
import Storefront

/// Pictures and films of a game.
struct MediaRoutes: Sendable {
    private let games: GameReader
    private let shop: ShopServices
    private let services: APIServices
    private let limits: APILimits

    private static let longestAlt = 500

    init(_ services: APIServices) {
        self.games = GameReader(services)
        self.shop = services.shop
        self.services = services
        self.limits = services.limits
    }

    /// `POST /games/{game_id}/media`: reserves a place and answers with the address the bytes go to.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        let game = try await self.games.game(context)
        let wanted = try self.request(from: try await request.readObject(within: self.limits))
        guard let media = try await self.shop.media.reserve(wanted, for: game.id, of: game.developer) else {
            throw HTTPProblem.notFound
        }
        return .json(
            try await self.json(media), status: .created, tag: EntityTag(revision: media.revision),
            headers: [.location: "\(RouteTable.prefix)/games/\(game.id)/media/\(media.id)"])
    }

    /// `GET /games/{game_id}/media`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let kind = query.choice("kind", of: MediaKind.self)
        try query.finish()
        let game = try await self.games.game(context)
        guard let media = try await self.shop.media.list(of: game.id, developer: game.developer, kind: kind) else {
            throw HTTPProblem.notFound
        }
        let items = media.map { ListingJSON.media($0, url: self.shop.media.url(of: $0), upload: nil) }
        return .json(["items": .array(items), "next_cursor": .null])
    }

    /// `GET /games/{game_id}/media/{media_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let media = try await self.media(context)
        return .json(try await self.json(media), tag: EntityTag(revision: media.revision))
    }

    /// `PATCH /games/{game_id}/media/{media_id}`: its place in the list, and the text for readers.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        let current = try await self.media(context)
        var fields = Fields(try await request.readObject(within: self.limits))
        let alt = fields.cleanText("alt", length: Self.longestAlt, allowsLines: false)
        let position = fields.optionalNumber("order", 0...MediaLibrary.mostOfGame)
        try fields.finish()
        let isConditional = try request.checkMatch(EntityTag(revision: current.revision))
        let media = try await self.shop.media.update(
            current.id, of: current.game, developer: current.developer, alt: alt, position: position,
            ifRevision: isConditional ? current.revision : nil)
        guard let media else { throw HTTPProblem.notFound }
        return .json(try await self.json(media), tag: EntityTag(revision: media.revision))
    }

    /// `DELETE /games/{game_id}/media/{media_id}`.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        let media = try await self.media(context)
        _ = try request.checkMatch(EntityTag(revision: media.revision))
        let (shop, builds) = (self.shop, self.services.builds)
        let isGone = try await self.services.database.transaction { transaction in
            let objects = try await shop.media.remove(
                media.id, of: media.game, developer: media.developer, in: transaction)
            guard let objects else { return false }
            try await builds.discard(objects: objects, in: transaction)
            try await shop.releases.tellListingChanged(media.game, of: media.developer, in: transaction)
            try await shop.collectGarbage(transaction)
            try await AuditLog.append(
                AuditEntry(
                    developer: media.developer, action: "media.deleted", target: "media/\(media.id)",
                    before: ["file_name": .string(media.fileName)]),
                in: transaction)
            return true
        }
        guard isGone else { throw HTTPProblem.notFound }
        return .noContent
    }

    /// `POST /games/{game_id}/media/{media_id}/complete`: the same answer however often it is asked.
    @Sendable func complete(_ request: Request, context: APIContext) async throws -> Response {
        let current = try await self.media(context)
        if current.state == .reserved { try await self.requireUpload(of: current) }
        let media = try await self.shop.media.complete(
            current.id, of: current.game, developer: current.developer, enqueue: self.shop.enqueueMedia)
        guard let media else { throw HTTPProblem.notFound }
        var headers = HTTPFields()
        let isRunning = media.state == .uploaded || media.state == .processing
        if let job = media.job, isRunning {
            headers[.location] = "\(RouteTable.prefix)/jobs/\(job)"
            headers[.retryAfter] = "1"
        }
        return .json(try await self.json(media), status: isRunning ? .accepted : .ok, headers: headers)
    }

    private func requireUpload(of media: MediaRecord) async throws {
        guard let key = ObjectKey(media.uploadKey), let info = try await self.services.store.head(key) else {
            throw HTTPProblem(
                status: .conflict, code: "upload-incomplete", detail: "The bytes have not arrived yet.",
                members: JSONObject([("hint", "Send them to the upload's url, then complete again.")]))
        }
        guard info.size == media.fileSize else {
            throw HTTPProblem.sizeMismatch(expected: media.fileSize, got: info.size)
        }
    }

    private func request(from object: JSONObject) throws(HTTPProblem) -> MediaRequest {
        var fields = Fields(object)
        let kind = fields.requiredChoice("kind", of: MediaKind.self)
        let name = fields.requiredText("file_name", length: 1...255)
        let size = fields.requiredInteger("file_size")
        let type = fields.optionalText("content_type", length: 1...100)
        let alt = fields.cleanText("alt", length: Self.longestAlt, allowsLines: false)
        try fields.finish()
        guard let kind, let name, let size else { throw .unexpected }
        guard let format = MediaFormat(fileName: name), kind.takes(format) else {
            throw .unsupportedMedia("/file_name", kind: kind)
        }
        guard type == nil || type?.lowercased() == format.contentType else {
            throw .unsupportedMedia("/content_type", kind: kind)
        }
        guard (1...format.maximumSize).contains(size) else {
            throw .invalid("/file_size", "range", "must be 1 to \(format.maximumSize)")
        }
        return MediaRequest(
            kind: kind, format: format, fileName: name, fileSize: size, alt: alt.applied(to: nil))
    }

    private func media(_ context: APIContext) async throws -> MediaRecord {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let id = try context.pathIdentifier("media_id", of: Media.self)
        let developer = try context.requireDeveloper()
        guard let media = try await self.shop.media.media(id, of: game, developer: developer) else {
            throw HTTPProblem.notFound
        }
        return media
    }

    /// With the address for the bytes as long as they are missing, made anew each time.
    private func json(_ media: MediaRecord) async throws -> JSONValue {
        var upload: PresignedRequest?
        if media.state == .reserved, let key = ObjectKey(media.uploadKey) {
            upload = try await self.services.store.presign(
                .put(key, length: media.fileSize, digest: nil), expiresIn: self.shop.mediaURLLife, now: Date())
        }
        return ListingJSON.media(media, url: self.shop.media.url(of: media), upload: upload)
    }
}

extension HTTPProblem {
    fileprivate static func unsupportedMedia(_ pointer: String, kind: MediaKind) -> HTTPProblem {
        let types = MediaFormat.allCases.filter(kind.takes).map(\.contentType).joined(separator: ", ")
        var problem = HTTPProblem.invalid(pointer, "unknown-value", "must be a file of one of \(types)")
        problem.code = "unsupported-format"
        return problem
    }
}
