import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import Synchronization

/// Writes one line and two metrics for each request, when its answer is on its way.
///
/// The query is never written: presigned URLs carry their right there.
struct AccessLogMiddleware: RouterMiddleware {
    private let metrics = RequestMetrics()

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let begun = ContinuousClock.now
        var response = try await next(request, context)
        let status = response.status
        let finish: @Sendable () -> Void = {
            self.finish(request, context: context, status: status, took: ContinuousClock.now - begun)
        }
        // A small answer is written in one go, and wrapping it would cost that.
        if let length = response.body.contentLength, length <= 1 << 16 {
            finish()
        } else {
            let body = response.body
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                defer { finish() }
                try await body.write(writer)
            }
        }
        return response
    }

    private func finish(_ request: Request, context: APIContext, status: HTTPResponse.Status, took: Duration) {
        let route = context.endpointPath ?? "NotFound"
        self.metrics.record(method: request.method, route: route, status: status, took: took)
        let level = Self.level(of: route, status)
        guard context.logger.logLevel <= level else { return }
        let seconds = took / .seconds(1)
        var metadata: Logger.Metadata = [
            "http.method": .string(request.method.rawValue), "http.route": .string(route),
            "http.path": .string(request.uri.path), "http.status": "\(status.code)", "duration.seconds": "\(seconds)",
        ]
        metadata.merge(context.notes.all) { first, _ in first }
        context.logger.log(level: level, "request answered", metadata: metadata)
    }

    /// What probes ask every second is of interest when it fails.
    private static func level(of route: String, _ status: HTTPResponse.Status) -> Logger.Level {
        switch route {
        case "/livez", "/readyz", "/metrics": status.code < 400 ? .debug : .warning
        default: .info
        }
    }
}

/// The metrics of requests, each made once.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let statusClass: String
    }

    private struct Pair: Sendable {
        let count: Counter
        let duration: Metrics.Timer
    }

    private let pairs = Mutex<[Key: Pair]>([:])

    func record(method: HTTPRequest.Method, route: String, status: HTTPResponse.Status, took: Duration) {
        // Methods are the client's to invent; labels are not.
        let known: Set<HTTPRequest.Method> = [.get, .head, .put, .post, .patch, .delete, .options]
        let key = Key(
            method: known.contains(method) ? method.rawValue : "OTHER", route: route,
            statusClass: "\(status.code / 100)xx")
        let pair = self.pairs.withLock { pairs in
            if let pair = pairs[key] { return pair }
            let dimensions = [("method", key.method), ("route", key.route), ("status", key.statusClass)]
            let pair = Pair(
                count: Counter(label: "http_requests_total", dimensions: dimensions),
                duration: Metrics.Timer(
                    label: "http_request_duration_seconds", dimensions: dimensions, preferredDisplayUnit: .seconds))
            pairs[key] = pair
            return pair
        }
        pair.count.increment()
        pair.duration.record(duration: took)
    }
}
