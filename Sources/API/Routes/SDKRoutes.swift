import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ObjectStore
import Platform
import Storefront

/// The platform's SDK: what there is, and where to get it.
struct SDKRoutes: Sendable {
    private let releases: SDKReleases
    private let store: any ObjectStore
    private let limits: APILimits
    private let objects: ObjectResponder

    private static let urlLife = Duration.seconds(900)

    init(_ services: APIServices) {
        self.releases = SDKReleases(database: services.database)
        self.store = services.store
        self.limits = services.limits
        self.objects = ObjectResponder(store: services.store, limits: services.limits, redirectLife: Self.urlLife)
    }

    /// `GET /sdk`: newest first.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        .json(["items": .array(try await self.releases.list().map(Self.json)), "next_cursor": .null])
    }

    /// `GET /sdk/{sdk_version}`; `latest` is a version.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        .json(Self.json(try await self.release(context)))
    }

    /// `GET /sdk/{sdk_version}/download`: leads to a signed URL where the store has one, and gives the bytes where not.
    @Sendable func download(_ request: Request, context: APIContext) async throws -> Response {
        let release = try await self.release(context)
        let key = try ObjectKey(validating: release.objectKey)
        return try await self.objects.respond(
            to: request, context: context,
            with: .init(
                key: key, contentType: "application/octet-stream", tag: EntityTag(release.digest.description),
                digest: release.digest), redirects: true)
    }

    /// `POST /internal/v1/sdk`: the object is in the store; the same release again changes nothing.
    @Sendable func publish(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let text = fields.requiredText("version", length: 5...20)
        let version = text.flatMap(SDKVersion.init)
        if text != nil, version == nil { fields.fail("version", "format", "must be three numbers such as 1.4.0") }
        let name = fields.requiredText("file_name", length: 1...255)
        let path = fields.requiredText("object_key", length: 1...1000)
        let key = path.flatMap { ObjectKey($0) }
        if path != nil, key == nil || path?.hasPrefix("sdk/") != true {
            fields.fail("object_key", "format", "must be a key under sdk/")
        }
        let digest = fields.digest("file_hash")
        if digest == nil, fields.errors.isEmpty { fields.fail("file_hash", "required", "is required") }
        let notes = fields.textChange("notes", maximumLength: 65_536)
        try fields.finish()
        guard let version, let name, let key, let digest else { throw HTTPProblem.unexpected }
        guard let info = try await self.store.head(key) else {
            throw HTTPProblem.invalid("/object_key", "unknown-value", "is not in the store")
        }
        var note: String?
        if case .set(let text)? = notes { note = text }
        let isNew = try await self.releases.publish(
            version, objectKey: key.text, fileName: name, size: ByteCount(info.size), digest: digest, notes: note)
        guard let release = try await self.releases.release(version) else { throw HTTPProblem.unexpected }
        guard isNew || release.digest == digest else {
            throw HTTPProblem(
                status: .conflict, code: "version-exists",
                detail: "Version \(version) is released and has another hash.")
        }
        return .json(Self.json(release), status: isNew ? .created : .ok)
    }

    private func release(_ context: APIContext) async throws -> SDKRelease {
        guard let text = context.parameters.get("sdk_version").map({ String($0) }) else { throw HTTPProblem.notFound }
        let version = SDKVersion(text)
        guard text == "latest" || version != nil, let release = try await self.releases.release(version) else {
            throw HTTPProblem.notFound
        }
        return release
    }

    private static func json(_ release: SDKRelease) -> JSONValue {
        [
            "version": .string(release.version.description), "file_name": .string(release.fileName),
            "file_size": .integer(release.size.bytes), "file_hash": .string(release.digest.description),
            "notes": .text(release.notes), "released_at": .time(release.releasedAt),
            "download_url": .string("\(RouteTable.prefix)/sdk/\(release.version)/download"),
        ]
    }
}
