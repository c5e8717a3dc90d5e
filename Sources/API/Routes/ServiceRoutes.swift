import Content
import Digests
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Storefront

/// What machines around us ask: probes, metrics, keys, the document.
struct ServiceRoutes: Sendable {
    private let services: APIServices
    private let readinessCache: ReadinessCache
    private let document: JSONValue
    private let page: DocumentationPage

    init(_ services: APIServices) {
        self.services = services
        self.readinessCache = ReadinessCache(check: services.checkReadiness, timeout: services.limits.readiness)
        self.document = OpenAPIDocument.make(publicURL: services.publicURL)
        self.page = DocumentationPage(document: self.document)
    }

    /// `GET /livez`: the process answers, whatever is around it.
    @Sendable func liveness(_ request: Request, context: APIContext) async throws -> Response {
        .json(["status": "alive"])
    }

    /// `GET /readyz`.
    @Sendable func readiness(_ request: Request, context: APIContext) async throws -> Response {
        let checks = await self.readinessCache.checks()
        let list = JSONValue.array(
            checks.map { ["name": .string($0.name), "status": $0.isHealthy ? "ready" : "unavailable"] })
        guard checks.allSatisfy(\.isHealthy) else {
            var problem = HTTPProblem.unavailable(retryAfter: 2)
            problem.members["checks"] = list
            throw problem
        }
        return .json(["status": "ready", "checks": list])
    }

    /// `GET /metrics`.
    @Sendable func metrics(_ request: Request, context: APIContext) async throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: await self.services.renderMetrics())))
    }

    /// `GET /.well-known/slipway-keys.json`: the name of a key is the first 8 bytes of its SHA-256, as in manifests.
    @Sendable func manifestKeys(_ request: Request, context: APIContext) async throws -> Response {
        let keys = self.services.manifestKeys.map { key -> JSONValue in
            [
                "kid": .string(Hexadecimal.encode(Digest.sha256(of: key.bytes).bytes.prefix(8))), "alg": "Ed25519",
                "public_key": .string(Data(key.bytes).base64EncodedString()),
            ]
        }
        var response = Response.json(["keys": .array(keys)])
        response.headers[.cacheControl] = "public, max-age=300"
        return response
    }

    /// `GET /.well-known/jwks.json`.
    @Sendable func tokenKeys(_ request: Request, context: APIContext) async throws -> Response {
        guard let keys = self.services.tokenKeySet else { throw HTTPProblem.notFound }
        return Response(
            status: .ok, headers: [.contentType: "application/jwk-set+json", .cacheControl: "public, max-age=300"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: keys)))
    }

    /// `GET /openapi.json`.
    @Sendable func openAPI(_ request: Request, context: APIContext) async throws -> Response {
        var response = Response.json(self.document)
        response.headers[.cacheControl] = "public, max-age=300"
        return response
    }

    /// `GET /docs`.
    @Sendable func documentation(_ request: Request, context: APIContext) async throws -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "public, max-age=300",
                .contentSecurityPolicy: self.page.contentSecurityPolicy,
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: self.page.bytes)))
    }
}

/// Keeps what a readiness check said for a second, so that probes cannot load what they probe.
private actor ReadinessCache {
    private let check: @Sendable () async -> [ReadinessCheck]
    private let timeout: Duration
    private var kept: [ReadinessCheck] = []
    private var checkedAt: ContinuousClock.Instant?
    private var isChecking = false

    init(check: @escaping @Sendable () async -> [ReadinessCheck], timeout: Duration) {
        self.check = check
        self.timeout = timeout
    }

    func checks() async -> [ReadinessCheck] {
        if let checkedAt, self.isChecking || ContinuousClock.now - checkedAt < .seconds(1) { return self.kept }
        self.isChecking = true
        defer { self.isChecking = false }
        let (check, timeout) = (self.check, self.timeout)
        self.kept = await withTaskGroup(of: [ReadinessCheck].self) { group in
            group.addTask { await check() }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return [ReadinessCheck(name: "timeout", isHealthy: Task.isCancelled)]
            }
            defer { group.cancelAll() }
            return await group.next() ?? []
        }
        self.checkedAt = ContinuousClock.now
        return self.kept
    }
}
