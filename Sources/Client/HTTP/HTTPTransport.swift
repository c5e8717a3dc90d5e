import AsyncHTTPClient
import LocalFiles
import NIOCore
import NIOHTTP1
import NIOPosix

/// Makes single requests: connection, timeouts, redirects.
///
/// Tries nothing twice.
///
/// A connection on which nothing moves, either way, is given up (``ActivityMonitor``).
struct HTTPTransport: Sendable {
    /// A connection that has to carry bytes may rest so long.
    private static let silence = Duration.seconds(30)
    /// An endless answer may rest so long; the service speaks every 15 s.
    private static let streamSilence = Duration.seconds(45)
    private static let mostRedirects = 5
    /// A whole answer may take so long, however steadily it drips.
    private static let longestAnswer = Duration.seconds(3600)
    /// Headers that only the origin they were meant for may see.
    private static let secretHeaders: Set<String> = ["authorization", "x-developer-id", "cookie"]

    private let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        // Trying again is ours: a refused connection is told at once, not after the connect timeout.
        configuration.connectionPool.retryConnectionEstablishment = false
        self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func shutdown() async { try? await self.client.shutdown() }

    /// Asks once, redirects followed.
    ///
    /// - Throws: ``ConnectionFault``, ``ClientError/unexpectedAnswer(url:reason:)`` or `CancellationError`.
    func answer(
        to request: HTTPRequest, onSent: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> HTTPAnswer {
        let monitor = ActivityMonitor(limit: request.patience, total: Self.longestAnswer)
        return try await monitor.watch(request.address) {
            var request = request
            for _ in 0...Self.mostRedirects {
                let response = try await self.response(to: request, monitor, onSent: onSent)
                let answer = HTTPAnswer(
                    status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                    body: try await self.body(of: response, request, monitor), address: request.address)
                guard let next = try Self.redirect(request, answer) else { return answer }
                request = next
            }
            throw ClientError.unexpectedAnswer(url: request.address.publicText, reason: "redirected too often")
        }
    }

    /// Asks once for an answer without an end, and hands its bytes on as they come.
    ///
    /// - Parameter take: false ends the answer.
    /// - Returns: the answer without its body; `take` saw none of it when the status is not 200.
    func stream(
        _ request: HTTPRequest, take: @escaping @Sendable ([UInt8]) throws -> Bool
    ) async throws -> HTTPAnswer {
        let monitor = ActivityMonitor(limit: request.patience, total: nil)
        return try await monitor.watch(request.address) {
            let response = try await self.response(to: request, monitor, onSent: { _ in })
            let headers = response.headers.map { (name: $0.name, value: $0.value) }
            guard response.status == .ok else {
                return HTTPAnswer(
                    status: Int(response.status.code), headers: headers,
                    body: try await self.body(of: response, request, monitor), address: request.address)
            }
            try await Self.naming(request.address) {
                monitor.touch(limit: Self.streamSilence)
                for try await buffer in response.body {
                    monitor.touch(limit: Self.streamSilence)
                    guard try take(Array(buffer.readableBytesView)) else { break }
                }
            }
            return HTTPAnswer(status: 200, headers: headers, body: [], address: request.address)
        }
    }

    private func response(
        to request: HTTPRequest, _ monitor: ActivityMonitor, onSent: @escaping @Sendable (Int) -> Void
    ) async throws -> HTTPClientResponse {
        var outgoing = HTTPClientRequest(url: request.address.text)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        if let body = request.body {
            monitor.touch(limit: Self.silence)
            let slices = BodySlices(bytes: body) { count, isLast in
                monitor.touch(limit: isLast ? request.patience : Self.silence)
                onSent(count)
            }
            outgoing.body = .stream(slices, length: .known(Int64(body.count)))
        }
        let response = try await Self.naming(request.address) { [outgoing] in
            try await self.client.execute(outgoing, timeout: TimeAmount(Self.longestAnswer))
        }
        monitor.touch(limit: Self.silence)
        return response
    }

    private func body(
        of response: HTTPClientResponse, _ request: HTTPRequest, _ monitor: ActivityMonitor
    ) async throws -> [UInt8] {
        try await Self.naming(request.address) {
            var bytes: [UInt8] = []
            if let length = response.headers.first(name: "content-length").flatMap(Int.init) {
                bytes.reserveCapacity(min(length, request.answerLimit))
            }
            for try await buffer in response.body {
                monitor.touch(limit: Self.silence)
                guard bytes.count + buffer.readableBytes <= request.answerLimit else {
                    throw ClientError.unexpectedAnswer(
                        url: request.address.publicText, reason: "more than \(request.answerLimit) bytes")
                }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
            return bytes
        }
    }

    /// - Returns: the request to make instead; nil when the answer is final.
    static func redirect(_ request: HTTPRequest, _ answer: HTTPAnswer) throws -> HTTPRequest? {
        let isFollowed =
            switch answer.status {
            case 307, 308: true
            case 301, 302, 303: request.method == .get
            default: false
            }
        guard isFollowed, let location = answer.header("location") else { return nil }
        guard let target = request.address.resolving(location),
            target.scheme == request.address.scheme || target.scheme == "https"
        else {
            throw ClientError.unexpectedAnswer(
                url: request.address.publicText, reason: "redirected to what is no safe address")
        }
        var next = request
        next.address = target
        if !target.hasSameOrigin(as: request.address) {
            next.headers.removeAll { self.secretHeaders.contains($0.name.lowercased()) }
        }
        return next
    }

    /// Gives the faults of the connection a name and an address.
    private static func naming<Value>(
        _ address: WebAddress, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as ClientError {
            throw error
        } catch {
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            throw ConnectionFault(url: address.publicText, reason: self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
                "no answer in time (\(error.shortDescription))"
            default: error.shortDescription
            }
        case let error as IOError: LocalFileError.reason(ofSystemError: error.errnoCode)
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first {
                self.reason(first.error)
            } else {
                "there is no host '\(error.host)'"
            }
        default: String(describing: error)
        }
    }
}
