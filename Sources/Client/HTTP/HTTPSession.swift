import FoundationEssentials
import Synchronization

/// Requests to one service and the stores it sends us to: credentials, retries, and errors with names.
final class HTTPSession: Sendable {
    let server: WebAddress
    private let credentials: Credentials?
    private let transport: HTTPTransport
    private let progress: any ProgressSink
    /// Whether any server has answered yet: decides how patient we are.
    private let hasAnswered = Mutex(false)

    init(server: WebAddress, credentials: Credentials?, progress: any ProgressSink) {
        self.server = server
        self.credentials = credentials
        self.transport = HTTPTransport()
        self.progress = progress
    }

    func shutdown() async { await self.transport.shutdown() }

    /// Asks until there is an answer that counts.
    ///
    /// - Parameters:
    ///   - accepting: statuses besides 2xx that the caller understands.
    ///   - onSent: called with the bytes of the body that left, and with their negated sum when they must go again.
    /// - Throws: ``ClientError`` for every other answer, and once patience has ended; `CancellationError`.
    func send(
        _ request: HTTPRequest, accepting: Set<Int> = [], onSent: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> HTTPAnswer {
        let request = self.authorized(request)
        var random = SystemRandomNumberGenerator()
        var failures = 0
        while true {
            let sent = Mutex(0)
            let failure: ClientError
            var retryAfter: Duration?
            do {
                let answer = try await self.transport.answer(to: request) { count in
                    sent.withLock { $0 += count }
                    onSent(count)
                }
                self.hasAnswered.withLock { $0 = true }
                if (200..<300).contains(answer.status) || accepting.contains(answer.status) { return answer }
                guard RetryPolicy.isPassing(status: answer.status) else { throw self.error(answer) }
                failure = .unavailable(answer.problem)
                retryAfter = answer.header("retry-after").flatMap {
                    RetryAfter.duration($0, now: Int64(Date().timeIntervalSince1970))
                }
            } catch let fault as ConnectionFault {
                failure = .unreachable(url: fault.url, reason: fault.reason)
            }
            onSent(-sent.withLock { $0 })
            failures += 1
            let policy: RetryPolicy = self.hasAnswered.withLock { $0 } ? .established : .firstContact
            guard let delay = policy.delay(after: failures, retryAfter: retryAfter, using: &random) else {
                throw failure
            }
            self.progress.report(.retry(reason: failure.message, delay: delay))
            try await Task.sleep(for: delay)
        }
    }

    /// Asks once for an endless answer.
    ///
    /// - Throws: ``ConnectionFault`` when the connection breaks.
    func stream(
        _ request: HTTPRequest, take: @escaping @Sendable ([UInt8]) throws -> Bool
    ) async throws -> HTTPAnswer {
        try await self.transport.stream(self.authorized(request), take: take)
    }

    /// Adds the credentials, but only for the service itself.
    private func authorized(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        request.headers.append(("User-Agent", "slipway"))
        guard request.showsCredentials, request.address.hasSameOrigin(as: self.server),
            let credentials = self.credentials
        else { return request }
        request.headers.append(("Authorization", "Bearer \(credentials.token)"))
        if let developer = credentials.developer { request.headers.append(("X-Developer-Id", developer)) }
        return request
    }

    private func error(_ answer: HTTPAnswer) -> ClientError {
        let isOurs = answer.address.hasSameOrigin(as: self.server)
        return isOurs && (answer.status == 401 || answer.status == 403)
            ? .notAllowed(answer.problem) : .refused(answer.problem)
    }
}
