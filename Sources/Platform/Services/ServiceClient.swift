public import AsyncHTTPClient
import FoundationEssentials
public import JobLifecycle
import Logging
import NIOCore
import NIOHTTP1
public import Storefront
import Synchronization

/// Speaks JSON with one other service of the platform: bounded in time, in attempts and in bytes.
///
/// What failed for a reason that may pass is tried again, but only where that does no harm: a call whose method or key makes
/// it so. A service that fails in a row is left alone for a while by everybody who shares this client. The request that
/// caused a call and its trace are passed on.
public final class ServiceClient: Sendable {
    public struct Configuration: Sendable {
        /// For logs and errors: `payment`, `analytics`.
        public var name: String
        /// `https://payment.internal`, without a slash at its end.
        public var url: String
        public var credentials: ServiceCredentials
        /// For each attempt, to the last byte.
        public var timeout: Duration = .seconds(3)
        /// Attempts of repeatable calls, and the time for all of them.
        public var plan = RetryPlan(attempts: 3)
        public var breaker = BreakerState(threshold: 5, rest: .seconds(10))
        /// Bytes of an answer, at most.
        public var largestAnswer = 8 << 20

        public init(name: String, url: String, credentials: ServiceCredentials) {
            self.name = name
            self.url = url
            self.credentials = credentials
        }
    }

    private let configuration: Configuration
    private let http: HTTPClient
    private let breaker: Mutex<BreakerState>
    private let start = ContinuousClock.now

    /// - Parameter http: its configuration says whether redirects are followed; they should not be: see ``ServiceTransport``.
    public init(_ configuration: Configuration, http: HTTPClient) {
        self.configuration = configuration
        self.http = http
        self.breaker = Mutex(configuration.breaker)
    }

    public var name: String { self.configuration.name }

    /// Makes a call.
    ///
    /// - Returns: the answer's body; `.null` for none.
    /// - Throws: the last attempt's ``ServiceError``, or `CancellationError`.
    public func answer(to call: ServiceCall) async throws -> JSONValue {
        let plan = self.configuration.plan
        let begun = self.now
        var attempt = 1
        while true {
            do {
                let left = plan.remaining(elapsed: self.now - begun) ?? .zero
                return try await self.attempt(call, within: min(self.configuration.timeout, left))
            } catch let error as ServiceError {
                guard call.isRepeatable, error.isWorthRepeating,
                    let rest = plan.rest(
                        after: attempt, elapsed: self.now - begun, asked: error.retryAfter,
                        jitter: Double.random(in: 0...1))
                else { throw error }
                try await Task.sleep(for: rest)
                attempt += 1
            }
        }
    }

    private var now: Duration { ContinuousClock.now - self.start }

    private func attempt(_ call: ServiceCall, within limit: Duration) async throws -> JSONValue {
        if let remaining = self.breaker.withLock({ $0.admit(now: self.now) }) {
            throw ServiceError.resting(service: self.name, remaining: remaining)
        }
        do {
            let value = try await self.send(call, within: limit)
            self.breaker.withLock { $0.succeed() }
            return value
        } catch let error as ServiceError {
            // A refusal is an answer: the service lives.
            self.breaker.withLock { breaker in
                if error.isRetryable { breaker.fail(now: self.now) } else { breaker.succeed() }
            }
            Logger.current.info(
                "another service did not do it",
                metadata: ["service": "\(self.name)", "http.method": "\(call.method.rawValue)", "error": "\(error)"])
            throw error
        }
    }

    private func send(_ call: ServiceCall, within limit: Duration) async throws -> JSONValue {
        do {
            // The client's own deadline would end with the answer's head.
            return try await withTimeLimit(limit) {
                let request = try await self.request(for: call)
                let response = try await self.http.execute(request, timeout: TimeAmount(limit))
                let body = try await response.body.collect(upTo: self.configuration.largestAnswer)
                return try self.read(response, Array(body.readableBytesView))
            }
        } catch let error as ServiceError {
            throw error
        } catch is NIOTooManyBytesError {
            throw ServiceError.unreadable(service: self.name, reason: "the answer is too long")
        } catch {
            try Task.checkCancellation()
            throw ServiceError.unreachable(service: self.name, reason: "\(error)")
        }
    }

    private func request(for call: ServiceCall) async throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: self.configuration.url + call.target)
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        request.headers.add(name: "accept", value: "application/json")
        if case .bearer(let token) = self.configuration.credentials {
            request.headers.add(name: "authorization", value: "Bearer \(try await token())")
        }
        if let key = call.idempotencyKey { request.headers.add(name: "idempotency-key", value: key) }
        let actor = AuditActor.current
        if let requestID = actor.requestID { request.headers.add(name: "x-request-id", value: requestID) }
        if let traceparent = actor.traceparent { request.headers.add(name: "traceparent", value: traceparent) }
        if let body = call.body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        return request
    }

    private func read(_ response: HTTPClientResponse, _ bytes: [UInt8]) throws(ServiceError) -> JSONValue {
        let status = Int(response.status.code)
        let value = bytes.isEmpty ? JSONValue.null : try? JSONParser.parse(bytes)
        switch status {
        case 200..<300:
            guard let value else { throw .unreadable(service: self.name, reason: "the answer is not JSON") }
            return value
        case 408, 425, 429, 500...:
            let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
            throw .overloaded(
                service: self.name, status: status,
                retryAfter: seconds.flatMap { (0...86_400).contains($0) ? .seconds($0) : nil })
        default:
            var code: String?
            if case .string(let text)? = value?.object?["code"] { code = text }
            throw .refused(service: self.name, status: status, code: code)
        }
    }
}
