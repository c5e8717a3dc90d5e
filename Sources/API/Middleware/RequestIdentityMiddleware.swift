import Access
import HTTPTypes
import Hummingbird
import Logging

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id") ?? .eTag
    static let rateLimit = HTTPField.Name("RateLimit") ?? .eTag
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .eTag
    static let traceparent = HTTPField.Name("traceparent") ?? .eTag
    static let strictTransport = HTTPField.Name("Strict-Transport-Security") ?? .eTag
}

/// Gives every request a name and a place in its trace, and tells the client both.
struct RequestIdentityMiddleware: RouterMiddleware {
    /// Whether clients reach us by HTTPS: then they are told to come by nothing else (RFC 6797).
    let isSecure: Bool

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID =
            request.headers[.requestID].flatMap { Self.isUsable($0) ? $0 : nil } ?? RandomName.uuid()
        if let trace = request.headers[.traceparent].flatMap(TraceContext.init(continuing:)) { context.trace = trace }
        context.logger[metadataKey: "request.id"] = .string(context.requestID)
        context.logger[metadataKey: "trace.id"] = .string(context.trace.traceID)
        let named = context
        var response = try await withLogger(named.logger) { _ in try await next(request, named) }
        response.headers[.requestID] = named.requestID
        response.headers[.traceparent] = named.trace.traceparent
        response.headers[.xContentTypeOptions] = "nosniff"
        if self.isSecure { response.headers[.strictTransport] = "max-age=31536000; includeSubDomains" }
        if let rates = named.notes.rates {
            response.headers[.rateLimitPolicy] = rates.policyHeader
            response.headers[.rateLimit] = rates.header
        }
        return response
    }

    /// What a client may call its request: it goes into logs as it is.
    private static func isUsable(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
