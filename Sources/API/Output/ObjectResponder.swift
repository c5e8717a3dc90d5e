import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import ObjectStore

extension HTTPField.Name {
    static let reprDigest = HTTPField.Name("Repr-Digest") ?? .eTag
}

/// Serves objects of the store: by ranges, without holding them, or by sending the client to a store that serves itself.
struct ObjectResponder: Sendable {
    let store: any ObjectStore
    let limits: APILimits
    /// How long a client may use an address it was sent to.
    let redirectLife: Duration

    /// One object as an HTTP resource that never changes.
    struct Representation {
        let key: ObjectKey
        let contentType: String
        let tag: EntityTag
        /// SHA-256 of the object, where it is known.
        let digest: Digest?
        /// Whether anybody who has the URL may have it: then proxies may keep it.
        var isPublic = false
    }

    func respond(
        to request: Request, context: APIContext, with object: Representation, redirects: Bool
    ) async throws -> Response {
        var headers: HTTPFields = [
            .contentType: object.contentType, .eTag: object.tag.text, .acceptRanges: "bytes",
            .cacheControl: "\(object.isPublic ? "public" : "private"), max-age=31536000, immutable",
        ]
        if request.alreadyHas(object.tag) { return Response(status: .notModified, headers: headers) }
        if redirects, self.store.localPath(of: object.key) == nil, let response = try await self.redirect(to: object) {
            return response
        }
        guard let info = try await self.store.head(object.key) else { throw HTTPProblem.notFound }
        if let digest = object.digest ?? info.digest { headers[.reprDigest] = digest.structuredField }
        // A range of another state than the client thinks would be nonsense (RFC 9110 §13.1.5).
        let wanted = request.headers[.ifRange].map { $0 == object.tag.text } ?? true ? request.headers[.range] : nil
        let range: Range<Int64>
        let status: HTTPResponse.Status
        switch ByteRange(wanted, size: info.size) {
        case .all:
            range = 0..<info.size
            status = .ok
        case .bytes(let bytes):
            range = bytes
            status = .partialContent
            headers[.contentRange] = "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(info.size)"
        case .unsatisfiable:
            var problem = HTTPProblem(
                status: .rangeNotSatisfiable, code: "range-not-satisfiable", detail: "There are \(info.size) bytes.")
            problem.headers[.contentRange] = "bytes */\(info.size)"
            throw problem
        }
        let length = Int(range.upperBound - range.lowerBound)
        if request.method == .head {
            headers[.contentLength] = String(length)
            return Response(status: status, headers: headers)
        }
        let content = try await self.store.get(object.key, range: range)
        let guarded = GuardedWriter(channel: context.channel, idle: self.limits.idle)
        let body = ResponseBody(contentLength: length) { writer in
            try await guarded.write(to: &writer) { write in
                for try await buffer in content { try await write(buffer) }
            }
        }
        return Response(status: status, headers: headers, body: body)
    }

    /// Sends the client to the store itself; nil when the store has no addresses of its own.
    private func redirect(to object: Representation) async throws -> Response? {
        do {
            let request = try await self.store.presign(.get(object.key), expiresIn: self.redirectLife, now: Date())
            return Response(status: .temporaryRedirect, headers: [.location: request.url, .cacheControl: "no-store"])
        } catch ObjectStoreError.unsupported {
            return nil
        }
    }
}
