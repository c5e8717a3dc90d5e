import Access
import Content
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storefront
import Synchronization

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .eTag
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .eTag
}

/// Does a request that carries an Idempotency-Key once, and gives the answer again when it is sent again.
struct IdempotentExecution: Sendable {
    let store: IdempotencyStore
    let limits: APILimits

    /// Headers that belong to the answer rather than to its sending.
    private static let kept: [HTTPField.Name] = [
        .contentType, .cacheControl, .eTag, .location, .retryAfter, .link,
    ]

    /// - Parameters:
    ///   - principal: who sends it, for which company; nil where nobody is known, and nothing is kept.
    func respond(
        to request: Request, context: APIContext, route: RouteDeclaration, principal: String?, handler: Handler
    ) async throws -> Response {
        guard route.idempotency != .ignored, let principal else { return try await handler(request, context) }
        guard let key = try Self.key(request, isRequired: route.idempotency == .required) else {
            return try await handler(request, context)
        }
        // What is compared has to be read first; it is small where JSON is asked for, and nothing else is.
        var request = request
        if let length = request.headers[.contentLength].flatMap(Int64.init), length > self.limits.jsonBody.bytes {
            throw ReceiveError.tooLarge(limit: self.limits.jsonBody.bytes)
        }
        let body = try await BodyReceiver(self.limits).collect(request.body, limit: self.limits.jsonBody)
        request.body = RequestBody(buffer: ByteBuffer(bytes: body))
        let target = request.uri.path + "?" + (request.uri.query ?? "")
        let scope = IdempotencyStore.Scope(
            principal: principal, method: request.method.rawValue, path: target, key: key)
        switch try await self.store.begin(scope, payload: body) {
        case .done(let answer): return Self.replay(answer)
        case .inFlight: throw HTTPProblem.requestInFlight
        case .reused: throw HTTPProblem.idempotencyKeyReused
        case .fresh(let claim): return try await self.execute(request, context, route, claim, handler)
        }
    }

    private func execute(
        _ request: Request, _ context: APIContext, _ route: RouteDeclaration, _ claim: IdempotencyStore.Claim,
        _ handler: Handler
    ) async throws -> Response {
        var response: Response
        do {
            response = try await handler(request, context)
        } catch {
            // Nothing was done, so that nothing stands in the way of trying again; if this fails, too, time frees the key.
            do {
                try await self.store.release(claim)
            } catch {
                context.logger.warning("idempotency key not freed", metadata: ["error": "\(error)"])
            }
            throw error
        }
        let collected = Collected()
        try await response.body.write(Collector(collected: collected))
        response.body = ResponseBody(byteBuffer: collected.buffer)
        let answer = Self.answer(response, Array(collected.buffer.readableBytesView), without: route.shownOnce)
        do {
            try await self.store.finish(claim, answer)
        } catch {
            // It was done, and whoever did it is told so; only repeating it is not answered for a while.
            context.logger.warning("answer not kept", metadata: ["error": "\(error)"])
        }
        return response
    }

    /// - Throws: `HTTPProblem` 400.
    private static func key(_ request: Request, isRequired: Bool) throws(HTTPProblem) -> IdempotencyKey? {
        let values = request.headers[values: .idempotencyKey]
        guard let value = values.first else {
            guard isRequired else { return nil }
            throw HTTPProblem(
                status: .badRequest, code: "idempotency-key-required",
                detail: "This request needs an Idempotency-Key, so that it cannot be done twice by accident.")
        }
        guard values.count == 1, let key = IdempotencyKey(value) else {
            throw HTTPProblem(
                status: .badRequest, code: "idempotency-key-invalid",
                detail: "An Idempotency-Key has 1 to 255 visible characters of ASCII.")
        }
        return key
    }

    private static func answer(_ response: Response, _ body: [UInt8], without members: [String]) -> KeptAnswer {
        var headers: [String: String] = [:]
        for name in Self.kept { headers[name.canonicalName] = response.headers[name] }
        return KeptAnswer(
            status: Int(response.status.code), headers: headers,
            body: members.isEmpty ? body : Self.stripped(body, of: members))
    }

    /// - Returns: nothing at all where the body is no JSON object: what cannot be read cannot be cleaned either.
    private static func stripped(_ body: [UInt8], of members: [String]) -> [UInt8] {
        guard case .object(var object)? = try? JSONParser.parse(body) else { return [] }
        for name in members { object[name] = nil }
        return JSONValue.object(object).encoded()
    }

    private static func replay(_ answer: KeptAnswer) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        headers[.idempotencyReplayed] = "true"
        let body = answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        return Response(status: HTTPResponse.Status(code: answer.status), headers: headers, body: body)
    }
}

/// Takes a small answer as it would be written.
private struct Collector: ResponseBodyWriter {
    let collected: Collected

    func write(_ buffer: ByteBuffer) async throws { self.collected.append(buffer) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

private final class Collected: Sendable {
    private let bytes = Mutex(ByteBuffer())

    var buffer: ByteBuffer { self.bytes.withLock { $0 } }

    func append(_ buffer: ByteBuffer) {
        self.bytes.withLock { bytes in
            var buffer = buffer
            bytes.writeBuffer(&buffer)
        }
    }
}
