import Access
import BuildStore
import Content
import HTTPTypes
import Hummingbird
import Multipart
import ObjectStore
import Storefront
import Uploads

/// A version's bytes as one stream that may break and go on, for clients that speak the IETF's draft (``ResumableUpload``).
///
/// The parts are those of the plan, in order, and the store's own list is the offset: what was acknowledged is never asked
/// for again, whoever was killed. Behind a setting, since it is a draft.
struct ResumableUploadRoutes: Sendable {
    private let uploads: Uploads
    private let versions: VersionRoutes
    private let reader: VersionReader
    private let limits: APILimits
    private let parts: Gate
    private let discard: Uploads.Discard

    init(_ services: APIServices, reader: VersionReader, parts: Gate) {
        self.uploads = services.uploads
        self.reader = reader
        self.versions = VersionRoutes(services, reader: reader, waits: Gate(places: 0, for: "waits"))
        self.limits = services.limits
        self.parts = parts
        self.discard = services.discardBuild
    }

    /// `HEAD …/upload/content`.
    @Sendable func offset(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.enabled(request, context)
        let plan = try await self.uploads.plan(for: version)
        let isComplete = version.status != .uploading
        return Response(
            status: .noContent,
            headers: ResumableUpload.headers(
                offset: isComplete ? plan.parts.size : Self.offset(plan), of: plan.parts, isComplete: isComplete))
    }

    /// `PATCH …/upload/content`: one part, the next one; with `Upload-Complete: ?1` the last, and the commit.
    @Sendable func append(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.enabled(request, context)
        guard version.status == .uploading else { throw ResumableUpload.completed() }
        guard request.headers[.contentType] == ResumableUpload.mediaType else {
            throw HTTPProblem(
                status: .unsupportedMediaType, code: "unsupported-media-type",
                detail: "Appended bytes come as \(ResumableUpload.mediaType).")
        }
        guard let provided = request.wholeNumber(ResumableUpload.offset),
            let isLast = request.boolean(ResumableUpload.complete)
        else {
            throw HTTPProblem(
                status: .badRequest, code: "bad-request", detail: "Say Upload-Offset and Upload-Complete.")
        }
        let length = try request.requireLength()
        let digest = try request.contentDigestAlone()
        let plan = try await self.uploads.plan(for: version)
        let (parts, offset) = (plan.parts, Self.offset(plan))
        guard provided == offset else {
            throw ResumableUpload.mismatchingOffset(expected: offset, provided: provided)
        }
        if isLast, offset + length != parts.size { throw ResumableUpload.inconsistentLength(parts.size) }
        if let told = request.wholeNumber(ResumableUpload.length), told != parts.size {
            throw ResumableUpload.inconsistentLength(parts.size)
        }
        // An empty append may do nothing but complete.
        if length > 0 { try await self.receive(request, version, parts, at: offset, length, digest) }
        guard isLast else {
            return Response(
                status: .noContent,
                headers: ResumableUpload.headers(offset: offset + length, of: parts, isComplete: false))
        }
        var response = try await self.versions.commit(
            version, fileHash: try request.reprDigest(), provenance: context.identity?.provenance)
        for field in ResumableUpload.headers(offset: parts.size, of: parts, isComplete: true) {
            response.headers[field.name] = field.value
        }
        return response
    }

    /// `DELETE …/upload/content`; once more changes nothing.
    @Sendable func cancel(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.enabled(request, context)
        if version.status != .failed { try await self.uploads.abort(version, discard: self.discard) }
        return .noContent
    }

    private func receive(
        _ request: Request, _ version: VersionRecord, _ parts: PartPlan, at offset: Int64, _ length: Int64,
        _ digest: Digest?
    ) async throws {
        guard offset < parts.size else { throw ResumableUpload.inconsistentLength(parts.size) }
        let (uploads, number) = (self.uploads, parts.number(at: offset))
        _ = try await self.parts.whileInside {
            try await BodyReceiver(self.limits).receive(request.body, limit: length) { body in
                try await uploads.receive(
                    part: number, of: version, length: length, digest: digest, body: ByteStream(body))
            }
        }
    }

    private func enabled(_ request: Request, _ context: APIContext) async throws -> VersionRecord {
        guard self.limits.takesResumableUploads else { throw HTTPProblem.notFound }
        try ResumableUpload.checkVersion(request)
        return try await self.reader.version(context)
    }

    /// Bytes from the start that the store has without a gap.
    private static func offset(_ plan: UploadPlan) -> Int64 {
        let missing = UploadState(plan: plan.parts, stored: plan.received).missing
        return missing.first.map { plan.parts.range(of: $0).lowerBound } ?? plan.parts.size
    }
}
