import Access
import BuildStore
import Content
import FoundationEssentials
import Games
import HTTPTypes
import Hummingbird
import JobLifecycle
import Postgres
import ServiceLifecycle
import Storefront
import Uploads

/// The versions of a game.
struct VersionRoutes: Sendable {
    private let services: APIServices
    private let reader: VersionReader
    private let waits: Gate

    /// A changelog is a page, not a book.
    static let longestChangelog = 65_536

    init(_ services: APIServices, reader: VersionReader, waits: Gate) {
        self.services = services
        self.reader = reader
        self.waits = waits
    }

    /// `POST /games/{game_id}/versions`: reserves the version string and answers with the upload plan.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let developer = try context.requireDeveloper()
        guard try await self.services.games.game(game, of: developer) != nil else { throw HTTPProblem.notFound }
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let version = fields.requiredText(
            "version_string", length: 1...self.services.uploads.policy.maximumVersionString)
        let size = fields.requiredInteger("file_size")
        let name = fields.optionalText("file_name", length: 1...255)
        let hash = fields.digest("file_hash")
        let changelog = fields.textChange("changelog", maximumLength: Self.longestChangelog)
        let limit = self.services.uploads.policy.maximumSize
        if let size, !(1...limit.bytes).contains(size) {
            fields.fail("file_size", "range", "must be 1 to \(limit.bytes)")
        }
        try fields.finish()
        guard let version, let size else { throw HTTPProblem.unexpected }
        let plan = try await self.services.uploads.begin(
            UploadRequest(
                game: game, developer: developer, versionString: version, fileSize: size, fileName: name,
                fileHash: hash?.description, changelog: changelog?.text))
        return .json(
            try await self.reader.json(plan.version, upload: .signed), status: .created,
            headers: [.location: Self.path(of: plan.version)])
    }

    /// `GET /games/{game_id}/versions`: newest first; what takes further queries is left out.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let game = try context.pathIdentifier("game_id", of: Game.self)
        let developer = try context.requireDeveloper()
        var query = QueryFields(request)
        let status = query.choice("status", of: VersionStatus.self)
        let limit = query.limit()
        let cursor = query.cursor(self.services.cursors, for: "versions", fields: 1)
        try query.finish()
        guard try await self.services.games.game(game, of: developer) != nil else { throw HTTPProblem.notFound }
        var last: VersionRecord?
        if let text = cursor?.first {
            guard let id = VersionID(text) else { throw HTTPProblem.unexpected }
            last = try await self.reader.version(id, of: game, developer: developer)
        }
        let versions = try await self.services.builds.versions(
            of: game, developer: developer, status: status, before: last, limit: Page<VersionRecord>.probe(limit))
        return Page(versions, limit: limit).response(
            request, codec: self.services.cursors, list: "versions", cursor: { [$0.id.description] },
            json: { VersionJSON.version($0, VersionJSON.Parts()) })
    }

    /// `GET …/versions/{version_id}`, with `?wait=30s` not before it is terminal or the time is over.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let wait = query.wait("wait", maximum: self.services.limits.longPoll)
        try query.finish()
        var version = try await self.reader.version(context)
        if let wait, wait > .zero, !version.status.rules.isTerminal {
            version = try await self.waits.whileInside { try await self.wait(for: version, atMost: wait) }
        }
        return .json(try await self.reader.json(version, upload: .plan))
    }

    /// `PUT …/versions/{version_id}`: what is absent stays, null clears.
    @Sendable func update(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let status = fields.choice("status", of: VersionState.self)
        let changelog = fields.textChange("changelog", maximumLength: Self.longestChangelog)
        try fields.finish()
        let event = try status.flatMap { try version.status.rules.event(settingTo: $0) }
        if let changelog {
            guard
                try await self.services.builds.setChangelog(
                    changelog.text, of: version.id, in: self.services.database)
            else {
                throw HTTPProblem(
                    status: .conflict, code: "version-published",
                    detail: "The changelog of a version that players have had stays as it is.",
                    members: JSONObject([("current", .string(version.reviewStatus)), ("allowed", [])]))
            }
        }
        switch event {
        case .complete?:
            return try await self.commit(version, fileHash: nil, provenance: context.identity?.provenance)
        case .abort?:
            try await self.services.uploads.abort(
                version, discard: self.services.discardBuild)
        case .process?, .finish?, .fail?, .retry?, .reopen?, nil: break
        }
        let current = try await self.reader.version(context)
        if status == .uploaded { return try await self.committed(current) }
        return .json(try await self.reader.json(current, upload: .plan))
    }

    /// `POST …/versions/{version_id}/retry`.
    @Sendable func retry(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        return try await self.committed(try await self.reprocess(version))
    }

    /// Ingests a failed version again, from what was received.
    func reprocess(_ version: VersionRecord) async throws -> VersionRecord {
        _ = try version.status.rules.applying(.retry)
        guard version.committedAt != nil, version.failure?.retryable == true else {
            throw HTTPProblem(
                status: .conflict, code: "not-retryable",
                detail: "The version failed for a reason that does not go away by trying again.",
                members: JSONObject([
                    ("failure", FailureJSON.failure(version.failure)),
                    ("hint", "Upload it again under the same version string."),
                ]))
        }
        let (services, id) = (self.services, version.id)
        return try await services.database.transaction { transaction in
            let job = try await services.enqueueIngest(version, transaction)
            guard try await services.builds.reprocess(id, job: job, in: transaction),
                let current = try await services.builds.version(id, in: transaction)
            else {
                throw InvalidTransition(subject: "version", current: "unknown", requested: "retry", allowed: [])
            }
            return current
        }
    }

    /// Commits and answers; the same however often it is asked.
    func commit(_ version: VersionRecord, fileHash: Digest?, provenance: String?) async throws -> Response {
        try await self.committed(
            try await self.services.uploads.commit(
                version, fileHash: fileHash?.description, provenance: provenance,
                enqueue: self.services.enqueueIngest))
    }

    private func committed(_ version: VersionRecord) async throws -> Response {
        var headers = HTTPFields()
        let isTerminal = version.status.rules.isTerminal
        if let job = version.job, !isTerminal {
            headers[.location] = "\(RouteTable.prefix)/jobs/\(job)"
            headers[.retryAfter] = "1"
        }
        return .json(
            try await self.reader.json(version, upload: .none), status: isTerminal ? .ok : .accepted, headers: headers)
    }

    private func wait(for version: VersionRecord, atMost most: Duration) async throws -> VersionRecord {
        let clock = ContinuousClock()
        let end = clock.now + most
        var version = version
        while !version.status.rules.isTerminal, clock.now < end, !Task.isShuttingDownGracefully {
            try await Task.sleep(for: min(self.services.limits.pollInterval, end - clock.now), clock: clock)
            version = try await self.reader.version(version.id, of: version.game, developer: version.developer)
        }
        return version
    }

    static func path(of version: VersionRecord) -> String {
        "\(RouteTable.prefix)/games/\(version.game)/versions/\(version.id)"
    }
}

extension Change<String> {
    fileprivate var text: String? {
        switch self {
        case .set(let text): text
        case .clear: nil
        }
    }
}
