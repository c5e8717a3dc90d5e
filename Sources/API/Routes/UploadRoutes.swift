import Access
import BuildStore
import Content
import HTTPTypes
import Hummingbird
import ObjectStore
import Storefront
import Uploads

/// How a version's bytes come in: the plan, signed requests, parts through us, and the end of it.
struct UploadRoutes: Sendable {
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

    /// `GET …/upload`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        guard version.status == .uploading else { throw UploadError.versionClosed(status: version.status) }
        let plan = try await self.uploads.plan(for: version)
        return .json(try await self.reader.json(plan, signed: true))
    }

    /// `POST …/upload/parts`: signs requests for up to 100 parts, as often as wanted.
    @Sendable func sign(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        var fields = Fields(try await request.readObject(within: self.limits))
        var numbers: [Int] = []
        for (index, item) in (fields.requiredArray("part_numbers", count: 1...100) ?? []).enumerated() {
            guard case .number(let number) = item, let value = number.int64, let part = Int(exactly: value) else {
                fields.fail(at: "/part_numbers/\(index)", "type", "must be a whole number")
                continue
            }
            numbers.append(part)
        }
        try fields.finish()
        do {
            let signed = try await self.uploads.sign(parts: numbers, of: version)
            return .json(["parts": .array(signed.map(UploadJSON.presigned))])
        } catch ObjectStoreError.unsupported {
            throw HTTPProblem(
                status: .conflict, code: "signing-unsupported", detail: "This server takes parts through itself only.",
                members: JSONObject([("hint", "Use the plan's stream_url_template.")]))
        }
    }

    /// `PUT …/upload/parts/{part_number}`: streams one part into the store; nothing is kept of one that is wrong.
    @Sendable func receive(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        guard let number = context.parameters.get("part_number").flatMap(Int.init) else { throw HTTPProblem.notFound }
        let length = try request.requireLength()
        let digest = try request.contentDigest()
        let uploads = self.uploads
        let part = try await self.parts.whileInside {
            try await BodyReceiver(self.limits).receive(request.body, limit: length) { body in
                try await uploads.receive(
                    part: number, of: version, length: length, digest: digest, body: ByteStream(body))
            }
        }
        return .json(UploadJSON.received(part))
    }

    /// `POST …/upload/complete`. The digest of the whole may be a field of the body or `Repr-Digest`.
    @Sendable func complete(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        let representation = try request.reprDigest()
        var fields = Fields(try await request.readOptionalObject(within: self.limits) ?? JSONObject())
        let field = fields.digest("file_hash")
        if let field, let representation, field != representation {
            fields.fail("file_hash", "conflict", "must be the digest that Repr-Digest tells")
        }
        let hash = field ?? representation
        try fields.finish()
        return try await self.versions.commit(
            version, fileHash: hash, provenance: context.identity?.provenance)
    }

    /// `PUT …/upload`: plans for another size, and drops what was received for the old one.
    @Sendable func resize(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        var fields = Fields(try await request.readObject(within: self.limits))
        let size = fields.requiredInteger("file_size")
        try fields.finish()
        let plan = try await self.uploads.resize(version, to: size ?? 0)
        return .json(try await self.reader.json(plan, signed: true))
    }

    /// `DELETE …/upload`; once more changes nothing.
    @Sendable func abort(_ request: Request, context: APIContext) async throws -> Response {
        let version = try await self.reader.version(context)
        if version.status == .failed { return .noContent }
        try await self.uploads.abort(version, discard: self.discard)
        return .noContent
    }
}

extension Request {
    /// How long the body says it is.
    ///
    /// - Throws: `HTTPProblem` 411 when it does not say.
    func requireLength() throws(HTTPProblem) -> Int64 {
        guard let length = self.headers[.contentLength].flatMap(Int64.init), length >= 0 else {
            throw HTTPProblem(
                status: .lengthRequired, code: "length-required", detail: "Say how long the body is (Content-Length).")
        }
        return length
    }
}
