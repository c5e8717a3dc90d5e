import Access
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storefront

/// Turns every error into a problem document; nothing else leaves the API on a failure.
struct ProblemMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Self.problem(for: error, request: request, context: context)
            context.notes.note("problem.code", problem.code)
            if let cause = Self.cause(of: error) { context.notes.note("problem.cause", cause) }
            if problem.status.code >= 500 {
                context.logger.log(
                    level: problem.status == .serviceUnavailable ? .warning : .error, "request failed",
                    metadata: ["error": "\(error)"])
            }
            return Self.response(problem, request: request, context: context)
        }
    }

    private static func problem(for error: any Error, request: Request, context: APIContext) -> HTTPProblem {
        guard let error = error as? HTTPError, error.status == .notFound else { return HTTPProblem(describing: error) }
        let methods = RouteTable.methods(at: request.uri.path)
        guard !methods.isEmpty else { return .notFound }
        var problem = HTTPProblem(
            status: .methodNotAllowed, code: "method-not-allowed",
            detail: "\(request.method.rawValue) is not possible here.")
        problem.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        return problem
    }

    /// What is for the log and for nobody else.
    private static func cause(of error: any Error) -> String? {
        guard case .tokenRejected(let objection)? = error as? AccessError else { return nil }
        return objection.rawValue
    }

    private static func response(_ problem: HTTPProblem, request: Request, context: APIContext) -> Response {
        var headers = problem.headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        let language = Language(accepted: request.headers[values: .acceptLanguage].joined(separator: ","))
        headers[.contentLanguage] = language.rawValue
        headers[.vary] = "Accept-Language"
        let document = problem.json(
            instance: request.uri.path, requestID: context.requestID, language: language)
        let buffer = ByteBuffer(bytes: document.encoded())
        guard problem.closesConnection else {
            return Response(status: problem.status, headers: headers, body: ResponseBody(byteBuffer: buffer))
        }
        headers[.connection] = "close"
        let channel = context.channel
        let body = ResponseBody(contentLength: buffer.readableBytes) { writer in
            try await writer.write(buffer)
            try await writer.finish(nil)
            channel.close(promise: nil)
        }
        return Response(status: problem.status, headers: headers, body: body)
    }
}
