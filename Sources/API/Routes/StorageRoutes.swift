import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Multipart
import ObjectStore

/// Stands in for S3 in front of a store that has no server: presigned requests, checked and done.
struct StorageRoutes: Sendable {
    private let store: any ObjectStore
    private let signer: URLSigner?
    private let objects: ObjectResponder
    private let limits: APILimits
    private let parts: Gate

    init(_ services: APIServices, parts: Gate) {
        self.store = services.store
        self.signer = services.storageSigner
        self.objects = ObjectResponder(store: services.store, limits: services.limits, redirectLife: .zero)
        self.limits = services.limits
        self.parts = parts
    }

    /// `GET /storage/v1/{key}`.
    @Sendable func read(_ request: Request, context: APIContext) async throws -> Response {
        guard case .get(let key) = try self.verify(request).operation else { throw HTTPProblem.notFound }
        guard let info = try await self.store.head(key) else { throw HTTPProblem.notFound }
        return try await self.objects.respond(
            to: request, context: context,
            with: .init(
                key: key, contentType: "application/octet-stream", tag: EntityTag(info.etag), digest: info.digest),
            redirects: false)
    }

    /// `PUT /storage/v1/{key}`: an object, or a part of one.
    @Sendable func write(_ request: Request, context: APIContext) async throws -> Response {
        let signed = try self.verify(request)
        let length = try request.requireLength()
        let declared = try request.contentDigest()
        if let digest = signed.digest, let declared, digest != declared {
            throw HTTPProblem(URLSignatureError.tampered)
        }
        let digest = signed.digest ?? declared
        let (store, operation) = (self.store, signed.operation)
        let etag = try await self.parts.whileInside {
            try await BodyReceiver(self.limits).receive(request.body, limit: length) { body -> String in
                let stream = ObjectBody.stream(length: length, ByteStream(body))
                switch operation {
                case .put(let key, let allowed, _):
                    guard length == allowed else { throw HTTPProblem(URLSignatureError.tampered) }
                    return try await store.put(key, stream, digest: digest, condition: .always).etag
                case .part(let key, let upload, let number, let allowed):
                    guard length == allowed else { throw HTTPProblem(URLSignatureError.tampered) }
                    return try await store.putPart(key, upload, number: number, stream, digest: digest).etag
                case .get: throw HTTPProblem.notFound
                }
            }
        }
        return Response(status: .ok, headers: [.eTag: EntityTag(etag).text])
    }

    private func verify(_ request: Request) throws -> SignedOperation {
        guard let signer = self.signer else { throw HTTPProblem.notFound }
        return try signer.verify(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", now: Date())
    }
}
