import Content
import Digests
import Foundation
import ObjectStore
import SigV4
import Synchronization
import TestKit
import Testing

@testable import ObjectStore

/// How much is achieved where a store or a network holds things up. Ratios of work done, never of the machine's speed.
@Suite("The pace of the S3 store", .serialized)
struct S3PaceTests {
    // The first seconds, in which the pace is learnt, would weigh too much in a short run.
    @Test(
        "a store that takes N requests a second gets most of them, and refuses few",
        .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1"))
    func slowDown() async throws {
        let limiter = RateLimit(perSecond: 60)
        try await S3FaultServer.run(deciding: { request in
            limiter.admit() ? .none : .refuse(status: 503, code: "SlowDown", headers: [:])
        }) { server in
            var configuration = S3Configuration(
                endpoint: try #require(S3Endpoint(server.endpoint)), region: "here", bucket: "b", addressing: .path)
            configuration.maximumAttempts = 20
            let store = S3Store(
                configuration,
                credentials: StaticCredentials(Credentials(accessKey: "a", secretKey: "s", sessionToken: nil)),
                http: S3Bucket.http, pool: S3Bucket.pool
            ) { Date() }
            let end = ContinuousClock.now + .seconds(60)
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<64 {
                    group.addTask {
                        var number = 0
                        while ContinuousClock.now < end, let key = ObjectKey("k/\(worker)/\(number)") {
                            number += 1
                            _ = try? await store.put(key, .bytes([1]), digest: nil, condition: .always)
                        }
                    }
                }
            }
            let (admitted, refused, available) = limiter.counts
            let achieved = Double(admitted) / Double(available)
            let rejected = Double(refused) / Double(admitted + refused)
            print("SlowDown: \(achieved) of what the store takes, \(rejected) refused")
            // What the pacer reaches by itself is simulated in its own tests. A machine that is busy sends in bursts.
            #expect(achieved >= 0.4)
            #expect(rejected < 0.2)
        }
    }
}

/// A token bucket of one second, and what came of it.
private final class RateLimit: Sendable {
    private struct State {
        var tokens: Double
        var last = ContinuousClock.now
        var admitted = 0
        var refused = 0
        let begun = ContinuousClock.now
    }

    private let rate: Double
    private let state: Mutex<State>

    init(perSecond rate: Double) {
        self.rate = rate
        self.state = Mutex(State(tokens: rate))
    }

    func admit() -> Bool {
        self.state.withLock { state in
            let now = ContinuousClock.now
            state.tokens = min(self.rate, state.tokens + (now - state.last) / .seconds(1) * self.rate)
            state.last = now
            guard state.tokens >= 1 else {
                state.refused += 1
                return false
            }
            state.tokens -= 1
            state.admitted += 1
            return true
        }
    }

    /// Admitted, refused, and what could have been admitted.
    var counts: (admitted: Int, refused: Int, available: Int) {
        self.state.withLock { state in
            (state.admitted, state.refused, Int((ContinuousClock.now - state.begun) / .seconds(1) * self.rate))
        }
    }
}
