public import AsyncHTTPClient
public import JobLifecycle
import Logging
import NIOCore
import NIOHTTP1
public import Storefront
import Synchronization

/// Another service of the platform, spoken to in JSON over HTTP: with a timeout, retries where they are harmless, and a
/// circuit breaker shared by all who call it in this process.
public final class PlatformService: Sendable {
    public struct Configuration: Sendable {
        /// For logs and errors: `payment`, `analytics`.
        public var name: String
        /// `https://payment.internal`, without a slash at its end.
        public var baseURL: String
        /// Sent as a bearer token; nil for none.
        public var token: String?
        /// For each attempt, to the last byte.
        public var timeout: Duration = .seconds(5)
        /// Attempts of repeatable calls, and the rests between them.
        public var retry = RetryPolicy(maxAttempts: 3, base: .milliseconds(200), cap: .seconds(2))
        public var breaker = BreakerState(threshold: 5, rest: .seconds(10))
        /// Bytes of an answer, at most.
        public var largestAnswer = 8 << 20

        public init(name: String, baseURL: String, token: String?) {
            self.name = name
            self.baseURL = baseURL
            self.token = token
        }
    }

    private let configuration: Configuration
    private let client: HTTPClient
    private let breaker: Mutex<BreakerState>
    private let start = ContinuousClock.now

    public init(_ configuration: Configuration, client: HTTPClient) {
        self.configuration = configuration
        self.client = client
        self.breaker = Mutex(configuration.breaker)
    }

    public var name: String { self.configuration.name }

    /// Makes a call.
    ///
    /// - Returns: the answer's body; `.null` for none.
    /// - Throws: the last attempt's ``PlatformError``, or `CancellationError`.
    public func call(_ call: PlatformCall) async throws -> JSONValue {
        var attempt = 1
        while true {
            do {
                return try await self.attempt(call)
            } catch let error as PlatformError {
                let policy = self.configuration.retry
                guard call.isRepeatable, policy.allowsRetry(after: attempt), error.isWorthRepeating else { throw error }
                try await Task.sleep(for: policy.delay(after: attempt, jitter: Double.random(in: 0...1)))
                attempt += 1
            }
        }
    }

    private var now: Duration { ContinuousClock.now - self.start }

    private func attempt(_ call: PlatformCall) async throws -> JSONValue {
        if let remaining = self.breaker.withLock({ $0.admit(now: self.now) }) {
            throw PlatformError.restingAfterFailures(service: self.name, remaining: remaining)
        }
        do {
            let value = try await self.send(call)
            self.breaker.withLock { $0.succeed() }
            return value
        } catch let error as PlatformError {
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

    private func send(_ call: PlatformCall) async throws -> JSONValue {
        var request = HTTPClientRequest(url: self.configuration.baseURL + call.target)
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        request.headers.add(name: "accept", value: "application/json")
        if let token = self.configuration.token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let key = call.idempotencyKey { request.headers.add(name: "idempotency-key", value: key) }
        if let body = call.body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        let status: Int
        let bytes: [UInt8]
        do {
            let response = try await self.client.execute(request, timeout: TimeAmount(self.configuration.timeout))
            status = Int(response.status.code)
            bytes = Array(try await response.body.collect(upTo: self.configuration.largestAnswer).readableBytesView)
        } catch let error as CancellationError {
            throw error
        } catch is NIOTooManyBytesError {
            throw PlatformError.unreadable(service: self.name, reason: "the answer is too long")
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw PlatformError.unreachable(service: self.name, reason: "\(error)")
        }
        return try self.read(status, bytes)
    }

    private func read(_ status: Int, _ bytes: [UInt8]) throws(PlatformError) -> JSONValue {
        let value = bytes.isEmpty ? JSONValue.null : try? JSONParser.parse(bytes)
        switch status {
        case 200..<300:
            guard let value else { throw .unreadable(service: self.name, reason: "the answer is not JSON") }
            return value
        case 429, 500...: throw .overloaded(service: self.name, status: status)
        default:
            var code: String?
            if case .object(let problem)? = value, case .string(let text)? = problem["code"] { code = text }
            throw .refused(service: self.name, status: status, code: code)
        }
    }
}

extension PlatformError {
    /// Whether another attempt of the same call makes sense at once: not while the service is left alone.
    fileprivate var isWorthRepeating: Bool {
        switch self {
        case .unreachable, .overloaded: true
        case .restingAfterFailures, .refused, .unreadable: false
        }
    }
}
