import AsyncHTTPClient
import Content
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import SigV4
import Synchronization
import Threads

/// Sends requests to one bucket: signed, watched, and sent again where that may help.
final class S3Client: Sendable {
    private struct State {
        var keys = SigningKeyCache()
        var budget = RetryBudget()
        var pacer = RequestPacer()
        var silence = SilenceWindow()
        /// Requests given up early cost as second requests do.
        var early = HedgeBudget()
        /// Seconds by which the server's clock is ahead of ours.
        var clockOffset: TimeInterval = 0
        /// Nil until it was probed.
        var capabilities: S3Capabilities?
    }

    let configuration: S3Configuration
    let pool: ThreadPool
    let gate: TransferGate
    let clock: @Sendable () -> Date
    private let slices = SlicePool()
    private let barrier: LoopBarrier
    private let http: HTTPClient
    private let credentials: CredentialsCache
    private let policy: RetryPolicy
    private let hedging = Hedging()
    private let state = Mutex(State())

    /// Times that one request is given up early; then it has its full time.
    private static let earlies = 2

    /// Renewals of credentials for one request; after as many they are simply not good.
    private static let renewals = 3

    /// The longest document that a store may answer with.
    private static let documentLimit = 32 << 20

    init(
        _ configuration: S3Configuration, credentials: any CredentialsProvider, http: HTTPClient, pool: ThreadPool,
        clock: @escaping @Sendable () -> Date
    ) {
        self.configuration = configuration
        self.credentials = CredentialsCache(credentials)
        self.http = http
        self.barrier = LoopBarrier(http.eventLoopGroup)
        self.pool = pool
        self.clock = clock
        self.policy = RetryPolicy(maximumAttempts: configuration.maximumAttempts)
        self.gate = TransferGate(
            window: ConcurrencyWindow(start: 8, minimum: 1, maximum: 64),
            byteBudget: Int(configuration.byteBudget.bytes))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// Requests with a body wait for room in the window, unless the body is a stream: its source may itself be waiting for us.
    ///
    /// - Parameter tries: the first one included; nil for the store's own number.
    func send(_ request: S3Request, trying tries: Int? = nil) async throws(ObjectStoreError) -> S3Response {
        let progress = Progress()
        if case .stream = request.body { return try await self.exchange(request, progress, tries) }
        guard request.body.length > 0 else { return try await self.exchange(request, progress, tries) }
        let held = Int(min(request.body.length, Int64(SliceRing.count * SentBody.slice)))
        return try await self.gate.pass(bytes: held) { () async throws(ObjectStoreError) in
            try await self.exchange(request, progress, tries)
        }
    }

    /// What the store was seen to do; nil until it was probed.
    var capabilities: S3Capabilities? { self.state.withLock { $0.capabilities } }

    func learn(_ capabilities: S3Capabilities) { self.state.withLock { $0.capabilities = capabilities } }

    /// Sends a request and leaves the body of the answer to be read.
    func open(_ request: S3Request) async throws(ObjectStoreError) -> (head: S3Head, reader: ResponseReader) {
        let body = try await self.prepare(request)
        return try await self.repeating(request) { early throws(S3Failure) in
            let signed = try await self.sign(request, body.payload)
            let progress = Progress()
            return try await self.watch(progress, request, early: early) {
                await self.hedging.run {
                    await self.attempt(request, signed, body, progress) { head, reader in .success((head, reader)) }
                }
            }
        }
    }

    /// Waits before something that failed is tried again.
    ///
    /// - Throws: the failure's error when it must not be tried again.
    func pause(after failures: Int, _ reason: RetryPolicy.Reason, _ failure: S3Failure) async throws(ObjectStoreError) {
        if failure.isTimeout { self.gate.throttle() }
        guard let delay = self.delay(after: failures, reason, failure.retryAfter) else { throw failure.error }
        do { try await Task.sleep(for: delay) } catch { throw .cancelled }
    }

    /// Runs something of a request that must keep moving.
    ///
    /// - Parameter early: how often it was given up early.
    func watch<Value: Sendable>(
        _ progress: Progress, _ request: S3Request, early: Int,
        _ body: @Sendable @escaping () async -> Result<Value, S3Failure>
    ) async throws(S3Failure) -> Value {
        // Some requests are silent for long by their nature; some cannot be sent a second time.
        let isOrdinary = request.stallLimit == nil && request.isRepeatable
        var watchdog = Watchdog(limit: request.stallLimit ?? self.configuration.stallLimit)
        if isOrdinary {
            watchdog.early = self.state.withLock { state in
                state.early.begin()
                return early < Self.earlies ? state.silence.deadAfter(early: early) : nil
            }
            watchdog.permit = { self.state.withLock { $0.early.take() } }
        }
        let value = try await watchdog.watch(progress, body)
        if isOrdinary { self.state.withLock { $0.silence.record(progress.longestSilence) } }
        return value
    }

    /// A signer for a moment by our clock.
    func signer(
        at now: Date
    ) async throws(ObjectStoreError) -> (signer: Signer<LibcryptoHash>, credentials: TemporaryCredentials) {
        let credentials = try await self.credentials.credentials(now: now)
        let (offset, hash) = (self.state.withLock { $0.clockOffset }, LibcryptoHash())
        let time = SigningTime(secondsSince1970: Int64((now.timeIntervalSince1970 + offset).rounded(.down)))
        let scope = SigningScope(time: time, region: self.configuration.region, service: "s3")
        let key = self.state.withLock { $0.keys.key(credentials.credentials, scope: scope, hash: hash) }
        return (Signer(credentials: credentials.credentials, scope: scope, key: key, hash: hash), credentials)
    }

    private func exchange(
        _ request: S3Request, _ progress: Progress, _ tries: Int?
    ) async throws(ObjectStoreError) -> S3Response {
        let body = try await self.prepare(request)
        return try await self.repeating(request, tries) { early throws(S3Failure) in
            let signed = try await self.sign(request, request.signedBody ?? body.payload)
            return try await self.watch(progress, request, early: early) {
                guard request.isHedgeable else { return await self.whole(request, signed, body, progress) }
                return await self.hedging.run { await self.whole(request, signed, body, progress) }
            }
        }
    }

    /// Sends once, and reads the whole answer.
    private func whole(
        _ request: S3Request, _ signed: SignedRequest, _ body: PreparedBody, _ progress: Progress
    ) async -> Result<S3Response, S3Failure> {
        await self.attempt(request, signed, body, progress) { head, reader in
            switch await Self.collect(reader) {
            case .failure(let failure): return .failure(failure)
            case .success(let bytes):
                let response = S3Response(head: head, body: bytes)
                guard Self.isError(response) else { return .success(response) }
                return .failure(S3Failure(request, bucket: self.configuration.bucket, response))
            }
        }
    }

    private func prepare(_ request: S3Request) async throws(ObjectStoreError) -> PreparedBody {
        try await PreparedBody(
            request.body, digest: request.digest, isSecure: self.configuration.endpoint.isSecure, pool: self.pool,
            slices: self.slices)
    }

    private func sign(_ request: S3Request, _ payload: PayloadHash) async throws(S3Failure) -> SignedRequest {
        do throws(ObjectStoreError) {
            var unsigned = UnsignedRequest(
                method: request.method, host: self.configuration.host, path: self.configuration.path(of: request.key),
                query: request.query, headers: request.headers)
            // Not every store compares the body with the hash that was signed; the checksum more of them do.
            if request.carriesChecksum, case .digest(let digest) = payload,
                !unsigned.headers.contains(where: { $0.name == "x-amz-checksum-sha256" })
            {
                unsigned.headers.append(.init("x-amz-checksum-sha256", digest.base64))
            }
            return try await self.signer(at: self.clock()).signer.sign(unsigned, payload: payload)
        } catch {
            throw S3Failure(error, .none)
        }
    }

    /// Sends once.
    private func attempt<Value: Sendable>(
        _ request: S3Request, _ signed: SignedRequest, _ body: PreparedBody, _ progress: Progress,
        _ succeed: @Sendable (S3Head, ResponseReader) async -> Result<Value, S3Failure>
    ) async -> Result<Value, S3Failure> {
        var message = HTTPClientRequest(url: signed.url(scheme: self.configuration.endpoint.scheme))
        message.method = HTTPMethod(rawValue: signed.method)
        message.headers.add(name: "host", value: signed.host)
        for header in signed.headers { message.headers.add(name: header.name, value: header.value) }
        message.body = body.body(counting: progress, pacedBy: self.barrier)
        do {
            let response = try await self.http.execute(message, deadline: .distantFuture)
            progress.move()
            let head = S3Head(status: Int(response.status.code), headers: response.headers)
            let reader = ResponseReader(response.body, progress: progress)
            if (200..<300).contains(head.status) || (head.status == 404 && request.acceptsMissing) {
                return await succeed(head, reader)
            }
            let bytes = (try? await Self.collect(reader).get()) ?? []
            return .failure(
                S3Failure(request, bucket: self.configuration.bucket, S3Response(head: head, body: bytes)))
        } catch {
            return .failure(S3Failure(transport: error))
        }
    }

    /// Sends until it succeeds, cannot succeed, or was tried often enough.
    private func repeating<Value: Sendable>(
        _ request: S3Request, _ tries: Int? = nil, _ attempt: (_ early: Int) async throws(S3Failure) -> Value
    ) async throws(ObjectStoreError) -> Value {
        var failures = 0
        var early = 0
        var taken = 0
        var isClockCorrected = false
        var renewals = 0
        while true {
            if Task.isCancelled { throw .cancelled }
            let sentAt = try await self.takeTurn()
            request.attempts.begin()
            do throws(S3Failure) {
                let value = try await attempt(early)
                self.state.withLock { state in
                    state.budget.succeed(taken: taken)
                    state.pacer.succeed(at: Self.seconds, sentAt: sentAt)
                }
                self.gate.succeed()
                return value
            } catch {
                if Task.isCancelled { throw .cancelled }
                switch error.remedy {
                case .none: throw error.error
                case .correctClock(let serverTime):
                    if isClockCorrected || !request.isRepeatable { throw error.error }
                    isClockCorrected = true
                    self.correctClock(to: serverTime)
                case .renewCredentials:
                    if renewals == Self.renewals || !request.isRepeatable { throw error.error }
                    renewals += 1
                    await self.credentials.forget()
                case .sendAgain: early += 1
                case .retry(let reason):
                    failures += 1
                    taken += RetryBudget.cost(reason)
                    if reason == .throttled {
                        self.state.withLock { $0.pacer.throttle(at: Self.seconds, sentAt: sentAt) }
                    }
                    guard request.isRepeatable, failures < tries ?? .max else { throw error.error }
                    Logger.current.debug(
                        "request failed",
                        metadata: [
                            "object.key": "\(request.key?.text ?? "")", "attempt": "\(failures)",
                            "error": "\(error.error)",
                        ])
                    try await self.pause(after: failures, reason, error)
                }
            }
        }
    }

    /// The longest that a request in line sleeps before it looks again: the line may have come to move faster.
    private static let longestSleep = 0.25

    /// Waits until the store may be asked for something again.
    ///
    /// - Returns: when that is.
    private func takeTurn() async throws(ObjectStoreError) -> Double {
        let place = self.state.withLock { $0.pacer.join(at: Self.seconds) }
        while true {
            let now = Self.seconds
            let wait = self.state.withLock { $0.pacer.wait(place, at: now) }
            if wait <= 0 { return now }
            do { try await Task.sleep(for: .seconds(min(wait, Self.longestSleep))) } catch { throw .cancelled }
        }
    }

    /// Of a clock that only goes forward.
    private static var seconds: Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }

    /// - Returns: nil when it must not be sent again.
    private func delay(after failures: Int, _ reason: RetryPolicy.Reason, _ retryAfter: Duration?) -> Duration? {
        // The pacer gives a request that was one too many its turn; waiting long besides would leave places empty that the
        // store has. One that is refused again and again shows that more than the pace is wrong.
        let delay = self.policy.delay(
            after: failures, for: failures <= 4 ? .transient : reason, fraction: Double.random(in: 0..<1),
            retryAfter: retryAfter)
        guard let delay, self.state.withLock({ $0.budget.take(for: reason) }) else { return nil }
        return delay
    }

    private func correctClock(to serverTime: Date) {
        let offset = serverTime.timeIntervalSince(self.clock())
        self.state.withLock { $0.clockOffset = offset }
        Logger.current.warning(
            "clock differs from the object store's", metadata: ["clock.offset": "\(Int(offset)) s"])
    }

    private static func collect(_ reader: ResponseReader) async -> Result<[UInt8], S3Failure> {
        var bytes: [UInt8] = []
        while bytes.count <= self.documentLimit {
            switch await reader.read(atLeast: 1) {
            case .failure(let failure): return .failure(failure)
            case .success(let buffers):
                if buffers.isEmpty { return .success(bytes) }
                for buffer in buffers { bytes.append(contentsOf: buffer.readableBytesView) }
            }
        }
        return .failure(S3Failure(.notS3(reason: "its answer is longer than \(ByteCount(self.documentLimit))"), .none))
    }

    /// Stores answer some long requests with 200 before they know how they end.
    private static func isError(_ response: S3Response) -> Bool {
        !response.body.isEmpty && XMLElement(document: response.body)?.name == "Error"
    }
}

extension S3Failure {
    var isTimeout: Bool { if case .timedOut = self.error { true } else { false } }
}
