import BuildStore
import Content
import HTTPTypes
import Hummingbird
import JobLifecycle
import ObjectStore
import Storefront
import Uploads

/// What is in a version: manifest, files, packs, patches.
struct ContentRoutes: Sendable {
    private let builds: BuildStore
    private let reader: VersionReader
    private let objects: ObjectResponder
    private let cursors: CursorCodec
    private let publicURL: String

    init(_ services: APIServices) {
        self.builds = services.builds
        self.reader = VersionReader(services)
        self.objects = ObjectResponder(
            store: services.store, limits: services.limits, redirectLife: services.uploads.policy.urlLife)
        self.cursors = services.cursors
        self.publicURL = services.publicURL
    }

    /// `GET …/manifest`: the signed envelope; its tag is the digest of the manifest inside.
    @Sendable func manifest(_ request: Request, context: APIContext) async throws -> Response {
        try await self.envelope(of: try await self.reader.version(context), request, context)
    }

    /// `GET /internal/v1/versions/{version_id}/manifest`: the same for the Download Service, of what was not recalled.
    @Sendable func manifestForService(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("version_id", of: Version.self)
        let version = try await self.builds.version(id)
        guard let version, version.reviewStatus != ReviewStatus.recalled.rawValue else { throw HTTPProblem.notFound }
        return try await self.envelope(of: version, request, context)
    }

    private func envelope(
        of version: VersionRecord, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let manifest = try await self.requireManifest(of: version)
        return try await self.objects.respond(
            to: request, context: context,
            with: .init(
                key: try ObjectKey(validating: manifest.objectKey), contentType: "application/vnd.slipway.manifest",
                tag: EntityTag(manifest.digest.description), digest: nil),
            // Small, and its digest and tag are ours to say: never sent elsewhere.
            redirects: false)
    }

    /// `GET …/files`.
    @Sendable func files(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        var query = QueryFields(request)
        let limit = query.limit()
        let cursor = query.cursor(self.cursors, for: "files", fields: 1)
        try query.finish()
        _ = try await self.requireManifest(of: version)
        let files = try await self.builds.files(of: version.id, after: cursor?.first, limit: limit + 1)
        return Page(files, limit: limit).response(
            request, codec: self.cursors, list: "files", cursor: { [$0.path.text] }, json: Self.file)
    }

    /// `GET …/packs/{digest}`.
    @Sendable func pack(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        guard let digest = context.parameters.get("digest").flatMap({ Digest($0) }),
            let pack = try await self.builds.pack(digest: digest, of: version.id)
        else { throw HTTPProblem.notFound }
        return try await self.objects.respond(
            to: request, context: context,
            with: .init(
                key: try ObjectKey(validating: pack.objectKey), contentType: "application/octet-stream",
                tag: EntityTag(digest.description), digest: digest),
            redirects: true)
    }

    /// `GET …/patches`, with `?from=` only the one from that version; beside them, how far those are that are being made.
    @Sendable func patches(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        var query = QueryFields(request)
        let from = query.identifier("from", of: Version.self)
        try query.finish()
        let patches = try await self.builds.patches(to: version.id).filter { from == nil || $0.from == from }
        let base = "\(self.publicURL)\(VersionRoutes.path(of: version))/patches"
        let making = try await self.builds.patchProgress(to: version.id).filter { from == nil || $0.key == from }
            .sorted { $0.key < $1.key }
        return .json([
            "items": .array(patches.map { Self.patch($0, base: base) }), "next_cursor": .null,
            "making": .array(
                making.map { from, patch in
                    [
                        "from_version_id": .string(from.description), "bytes_done": .integer(patch.bytesDone),
                        "bytes_total": .integer(patch.bytesTotal), "level": .text(patch.level),
                        "cpu_ms": .integer(patch.spent.wholeMilliseconds),
                        "cpu_ms_limit": .integer(patch.mostTime?.wholeMilliseconds),
                    ]
                }),
        ])
    }

    /// `GET …/patches/{from_version_id}`.
    @Sendable func patch(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        let from = try context.pathIdentifier("from_version_id", of: Version.self)
        guard let patch = try await self.builds.patches(to: version.id).first(where: { $0.from == from }),
            patch.state == .ready, let key = patch.objectKey, let digest = patch.digest
        else { throw HTTPProblem.notFound }
        return try await self.objects.respond(
            to: request, context: context,
            with: .init(
                key: try ObjectKey(validating: key), contentType: "application/vnd.slipway.patch",
                tag: EntityTag(digest.description), digest: digest),
            redirects: true)
    }

    /// `GET …/patch-preview?from=`: what an update from that version costs, by file and range, with the reasons.
    @Sendable func preview(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        var query = QueryFields(request)
        let from = query.identifier("from", of: Version.self)
        if from == nil { query.fail("from", "required", "The version an update begins from.") }
        try query.finish()
        guard let from else { throw HTTPProblem.notFound }
        if version.status == .failed { _ = try await self.requireManifest(of: version) }
        guard let preview = try await self.builds.preview(from: from, to: version.id, in: self.builds.database) else {
            _ = try await self.requireManifest(of: version)
            throw HTTPProblem(
                status: .notFound, code: "no-preview",
                detail: "No patch from that version was made, or it is still being made.")
        }
        return .json(PreviewJSON.preview(preview, from: from))
    }

    private func requireManifest(of version: VersionRecord) async throws -> ManifestRecord {
        guard version.status == .ready, let manifest = try await self.builds.manifest(of: version.id) else {
            throw HTTPProblem(
                status: .conflict, code: "not-ready", detail: "The version is \(version.status.rawValue), not ready.",
                members: JSONObject([
                    ("current", .string(version.status.rawValue)), ("failure", FailureJSON.failure(version.failure)),
                ]))
        }
        return manifest
    }

    private static func file(_ file: FileRecord) -> JSONValue {
        [
            "path": .string(file.path.text), "entry": .string(file.entry.rawValue), "size": .integer(file.size),
            "executable": .bool(file.executable), "digest": .text(file.digest?.description),
            "target": .text(file.target),
        ]
    }

    private static func patch(_ patch: PatchRecord, base: String) -> JSONValue {
        [
            "from_version_id": .string(patch.from.description),
            "from_version_string": .string(patch.fromVersionString), "state": .string(patch.state.rawValue),
            "size": .integer(patch.size), "digest": .text(patch.digest?.description),
            "chunk_bytes": .integer(patch.chunkBytes), "created_at": .time(patch.createdAt),
            "url": patch.state == .ready ? .string("\(base)/\(patch.from)") : .null,
            "reason": .text(patch.reason?.rawValue), "level": .text(patch.level),
            "cpu_ms": .integer(patch.spent?.wholeMilliseconds),
        ]
    }
}
