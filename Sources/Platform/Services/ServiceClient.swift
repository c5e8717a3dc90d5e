public import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
public import Storefront
import Synchronization

/// Speaks JSON with one other service of the platform: bounded in time, in attempts and in bytes.
///
/// What failed for a reason that may pass is tried again with a growing pause, but only where that does no harm: a read, or
/// a request that carries an Idempotency-Key. A service that fails in a row is left alone for a while.
public final class ServiceClient: Sendable {
    /// How to reach it.
    public struct Configuration: Sendable {
        /// What it is called in errors and metrics.
        public var name: String
        /// Without a slash at its end.
        public var url: String
        /// Gives the token that proves who we are; nil where none is asked for.
        public var token: (@Sendable () async throws -> String)?
        /// For one attempt.
        public var timeout: Duration
        /// In all; 1 or more.
        public var attempts: Int

        public init(
            name: String, url: String, token: (@Sendable () async throws -> String)?, timeout: Duration, attempts: Int
        ) {
            precondition(attempts >= 1, "a service is asked at least once")
            self.name = name
            self.url = url
            self.token = token
            self.timeout = timeout
            self.attempts = attempts
        }
    }

    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    private let configuration: Configuration
    private let http: HTTPClient
    private let clock = ContinuousClock()
    private let breaker: Mutex<CircuitBreaker>

    /// The largest answer.
    private static let largestAnswer = 4 << 20
    /// Before the second attempt; twice as long before each one after it.
    private static let pause = Duration.milliseconds(100)

    /// - Parameter http: its configuration says whether redirects are followed; they should not be.
    public init(
        _ configuration: Configuration, http: HTTPClient,
        breaker: CircuitBreaker = CircuitBreaker(threshold: 5, rest: .seconds(10))
    ) {
        self.configuration = configuration
        self.http = http
        self.breaker = Mutex(breaker)
    }

    /// Sends a request and reads the answer.
    ///
    /// - Parameters:
    ///   - path: with its slash, and percent-encoded.
    ///   - key: the same for the same request, however often it is sent; makes it safe to try again.
    /// - Returns: the answer; nil when there is none (204, or an empty body).
    /// - Throws: ``ServiceError``, or `CancellationError`.
    public func send(
        _ method: Method, _ path: String, _ body: JSONValue? = nil, key: String? = nil
    ) async throws -> JSONValue? {
        let attempts = method == .get || key != nil ? self.configuration.attempts : 1
        var pause = Self.pause
        for attempt in 1...attempts {
            guard self.breaker.withLock({ $0.mayAsk(at: self.clock.now) }) else {
                throw ServiceError.resting(service: self.configuration.name)
            }
            do {
                let answer = try await self.sendOnce(method, path, body, key: key)
                self.breaker.withLock { $0.succeeded() }
                return answer
            } catch let error as ServiceError {
                guard case .unavailable = error else {
                    // It answers; that it does not like the question is no reason to leave it alone.
                    self.breaker.withLock { $0.succeeded() }
                    throw error
                }
                self.breaker.withLock { $0.failed(at: self.clock.now) }
                guard attempt < attempts else { throw error }
            } catch {
                self.breaker.withLock { $0.failed(at: self.clock.now) }
                throw error
            }
            try await Task.sleep(for: pause * Double.random(in: 0.5...1.5), clock: self.clock)
            pause *= 2
        }
        throw ServiceError.resting(service: self.configuration.name)
    }

    private func sendOnce(
        _ method: Method, _ path: String, _ body: JSONValue?, key: String?
    ) async throws -> JSONValue? {
        let name = self.configuration.name
        var request = HTTPClientRequest(url: self.configuration.url + path)
        request.method = HTTPMethod(rawValue: method.rawValue)
        request.headers.add(name: "accept", value: "application/json")
        if let key { request.headers.add(name: "idempotency-key", value: key) }
        if let requestID = AuditActor.current.requestID { request.headers.add(name: "x-request-id", value: requestID) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        let status: Int
        let bytes: [UInt8]
        do {
            if let token = self.configuration.token {
                request.headers.add(name: "authorization", value: "Bearer \(try await token())")
            }
            let response = try await self.http.execute(request, timeout: TimeAmount(self.configuration.timeout))
            status = Int(response.status.code)
            bytes = Array(try await response.body.collect(upTo: Self.largestAnswer).readableBytesView)
        } catch {
            try Task.checkCancellation()
            throw ServiceError.unavailable(service: name, reason: "\(error)")
        }
        switch status {
        case 200..<300: break
        case 408, 425, 429, 500...: throw ServiceError.unavailable(service: name, reason: "status \(status)")
        default:
            let code = (try? JSONParser.parse(bytes))?.object?["code"]
            guard case .string(let text)? = code else {
                throw ServiceError.refused(service: name, status: status, code: nil)
            }
            throw ServiceError.refused(service: name, status: status, code: text)
        }
        guard !bytes.isEmpty else { return nil }
        do throws(JSONError) {
            return try JSONParser.parse(bytes)
        } catch {
            throw ServiceError.unintelligible(service: name, reason: "\(error)")
        }
    }
}
