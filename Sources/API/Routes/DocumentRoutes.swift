import Accounts
import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import ObjectStore
import Storefront

/// Papers of a company for its verification: reserved, sent to the store or through us, looked at by a job.
struct DocumentRoutes: Sendable {
    private let services: APIServices
    private let parts: Gate

    /// A scan of a charter is large, a book is not what is asked for.
    private static let largest = ByteCount.mebibytes(20)
    private static let urlLife = Duration.seconds(3600)

    init(_ services: APIServices, parts: Gate) {
        self.services = services
        self.parts = parts
    }

    /// `POST /accounts/me/documents`.
    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.services.limits))
        let kind = fields.requiredChoice("kind", of: DocumentKind.self)
        let name = fields.requiredText("file_name", length: 1...255)
        let format = fields.requiredChoice("content_type", of: DocumentFormat.self)
        let size = fields.requiredInteger("file_size")
        if let size, !(1...Self.largest.bytes).contains(size) {
            fields.fail("file_size", "range", "must be 1 to \(Self.largest.bytes)")
        }
        try fields.finish()
        guard let kind, let name, let format, let size else { throw HTTPProblem.unexpected }
        let document = try await self.services.accounts.reserveDocument(
            kind, name: name, format: format, size: ByteCount(size), for: try context.requireDeveloper(),
            by: try context.requireUser())
        return .json(
            .object(try await self.withUpload(document)), status: .created,
            headers: [.location: "\(RouteTable.prefix)/accounts/me/documents/\(document.id)"])
    }

    /// `GET /accounts/me/documents`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let documents = try await self.services.accounts.documents(of: try context.requireDeveloper())
        return .json(["items": .array(documents.map { .object(Self.json($0)) }), "next_cursor": .null])
    }

    /// `GET /accounts/me/documents/{document_id}`.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let document = try await self.document(context)
        return .json(
            .object(document.state == .uploading ? try await self.withUpload(document) : Self.json(document)))
    }

    /// `PUT /accounts/me/documents/{document_id}/content`: through us into the store.
    @Sendable func receive(_ request: Request, context: APIContext) async throws -> Response {
        let document = try await self.document(context)
        guard document.state == .uploading else { throw Self.closed(document, "upload") }
        let length = try request.requireLength()
        guard length == document.size.bytes else {
            throw HTTPProblem.sizeMismatch(expected: document.size.bytes, got: length)
        }
        let digest = try request.contentDigest()
        let (store, key) = (self.services.store, try ObjectKey(validating: document.objectKey))
        _ = try await self.parts.whileInside {
            try await BodyReceiver(self.services.limits).receive(request.body, limit: length) { body in
                try await store.put(key, .stream(length: length, ByteStream(body)), digest: digest, condition: .always)
            }
        }
        return .noContent
    }

    /// `POST /accounts/me/documents/{document_id}/complete`; once more changes nothing.
    @Sendable func complete(_ request: Request, context: APIContext) async throws -> Response {
        let document = try await self.document(context)
        if document.state == .uploading {
            let info = try await self.services.store.head(try ObjectKey(validating: document.objectKey))
            guard let info else {
                throw HTTPProblem(
                    status: .unprocessableContent, code: "upload-incomplete", detail: "The bytes have not arrived yet.")
            }
            guard info.size == document.size.bytes else {
                throw HTTPProblem.sizeMismatch(expected: document.size.bytes, got: info.size)
            }
        }
        let look = self.services.scanDocument
        let completed = try await self.services.accounts.completeDocument(
            document.id, of: document.developer
        ) { try await look(document.id, $0) }
        guard let completed else { throw HTTPProblem.notFound }
        return .json(.object(Self.json(completed)), status: .accepted)
    }

    /// `DELETE /accounts/me/documents/{document_id}`.
    @Sendable func delete(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("document_id", of: DocumentSubject.self)
        let store = self.services.store
        let isDeleted = try await self.services.accounts.deleteDocument(id, of: try context.requireDeveloper()) { key in
            try await store.delete([try ObjectKey(validating: key)])
        }
        guard isDeleted else { throw HTTPProblem.notFound }
        return .noContent
    }

    private func document(_ context: APIContext) async throws -> Document {
        let id = try context.pathIdentifier("document_id", of: DocumentSubject.self)
        guard let document = try await self.services.accounts.document(id, of: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        return document
    }

    /// With where to send the bytes.
    private func withUpload(_ document: Document) async throws -> JSONObject {
        var object = Self.json(document)
        let path = "\(self.services.publicURL)\(RouteTable.prefix)/accounts/me/documents/\(document.id)"
        var upload = JSONObject([
            ("stream_url", .string("\(path)/content")), ("complete_url", .string("\(path)/complete")),
        ])
        if let signed = try await self.signed(document) {
            let headers = signed.headers.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
            upload["method"] = .string(signed.method)
            upload["url"] = .string(signed.url)
            upload["headers"] = .object(JSONObject(headers))
        }
        object["upload"] = .object(upload)
        return object
    }

    /// A request that sends the bytes to the store; nil where the store takes them through us only.
    private func signed(_ document: Document) async throws(ObjectStoreError) -> PresignedRequest? {
        let key = try ObjectKey(validating: document.objectKey)
        do {
            return try await self.services.store.presign(
                .put(key, length: document.size.bytes, digest: nil), expiresIn: Self.urlLife, now: Date())
        } catch {
            if case .unsupported = error { return nil }
            throw error
        }
    }

    private static func closed(_ document: Document, _ requested: String) -> HTTPProblem {
        .invalidTransition(
            InvalidTransition(
                subject: DocumentState.subject, current: document.state.rawValue, requested: requested, allowed: []))
    }

    private static func json(_ document: Document) -> JSONObject {
        JSONObject([
            ("document_id", .string(document.id.description)), ("kind", .string(document.kind.rawValue)),
            ("file_name", .string(document.fileName)), ("content_type", .string(document.format.rawValue)),
            ("file_size", .integer(document.size.bytes)), ("status", .string(document.state.rawValue)),
            ("file_hash", .text(document.digest?.description)), ("reason", .text(document.reason)),
            ("uploaded_by", .string(document.uploadedBy.description)), ("created_at", .time(document.createdAt)),
            ("completed_at", .time(document.completedAt)),
        ])
    }
}
