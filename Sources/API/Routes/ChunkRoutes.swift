import Content
import HTTPTypes
import Hummingbird
import Storefront
import Uploads

/// Which chunks a studio has stored already, so that only the others are sent.
///
/// A question is the digests themselves, 32 bytes each: half of what hexadecimal would weigh, and a push asks for every
/// chunk of a build.
struct ChunkRoutes: Sendable {
    private let uploads: Uploads
    private let reader: VersionReader
    private let limits: APILimits

    init(_ services: APIServices, reader: VersionReader) {
        self.uploads = services.uploads
        self.reader = reader
        self.limits = services.limits
    }

    /// `POST /chunks/missing`: promises nothing.
    @Sendable func findMissing(_ request: Request, context: APIContext) async throws -> Response {
        let developer = try context.requireDeveloper()
        let digests = try await request.readDigests(within: self.limits)
        return Self.answer(try await self.uploads.missing(digests, developer: developer))
    }

    /// `POST …/upload/chunks`: the chunks that are not missing stay until the version has ended.
    @Sendable func keep(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        let digests = try await request.readDigests(within: self.limits)
        return Self.answer(try await self.uploads.keepChunks(digests, for: version))
    }

    private static func answer(_ missing: [Int]) -> Response {
        .json(["missing": .array(missing.map { .integer($0) })])
    }
}

extension Request {
    /// Reads the body as 1 to 16,384 digests of 32 bytes.
    fileprivate func readDigests(within limits: APILimits) async throws -> [Digest] {
        guard self.headers[.contentType].map({ $0.lowercased().hasPrefix("application/octet-stream") }) ?? true else {
            throw HTTPProblem(
                status: .unsupportedMediaType, code: "unsupported-media-type",
                detail: "Send the digests themselves as application/octet-stream.")
        }
        let limit = ByteCount(Uploads.chunksAtATime * Digest.length)
        let bytes = try await BodyReceiver(limits).collect(self.body, limit: limit)
        guard !bytes.isEmpty, bytes.count.isMultiple(of: Digest.length) else {
            throw HTTPProblem.invalid("", "length", "must be 1 to \(Uploads.chunksAtATime) digests of 32 bytes each")
        }
        return stride(from: 0, to: bytes.count, by: Digest.length).map {
            Digest(bytes.span.extracting($0..<$0 + Digest.length))
        }
    }
}
