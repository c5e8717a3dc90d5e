import Testing

@testable import ObjectStore

@Suite("Pacing requests")
struct RequestPacerTests {
    @Test("nobody waits before the store has refused something")
    func unlimited() {
        var pacer = RequestPacer()
        for number in 0..<1000 { #expect(pacer.reserve(at: Double(number) / 1000) == 0) }
        #expect(pacer.rate == nil)
    }

    @Test("refused at a rate, it goes on at nine tenths and comes back to it")
    func comesBack() throws {
        var pacer = RequestPacer()
        for number in 0..<200 { _ = pacer.reserve(at: Double(number) / 100) }
        pacer.throttle(at: 2)
        pacer.throttle(at: 2.1)
        let low = try #require(pacer.rate)
        #expect(low > 80 && low < 100, "\(low)")
        var now = 2.0
        while now < 7 {
            now += pacer.reserve(at: now)
            pacer.succeed(at: now)
        }
        let high = try #require(pacer.rate)
        #expect(high > 95 && high < 120, "\(high)")
    }

    @Test(
        "of what a store takes in a minute most is used, and a twentieth at most refused",
        arguments: [20.0, 60, 200, 900])
    func simulated(limit: Double) {
        var pacer = RequestPacer()
        var (now, tokens, last) = (0.0, limit / 10, 0.0)
        var (admitted, refused) = (0.0, 0.0)
        while now < 60 {
            // A sender that always has more to send, and answers that take a millisecond.
            now += max(0.001, pacer.reserve(at: now))
            tokens = min(max(1, limit / 10), tokens + (now - last) * limit)
            last = now
            if tokens >= 1 {
                tokens -= 1
                admitted += 1
                pacer.succeed(at: now)
            } else {
                refused += 1
                pacer.throttle(at: now)
            }
        }
        #expect(admitted / (limit * 60) > 0.86, "\(admitted / (limit * 60))")
        #expect(refused / (admitted + refused) < 0.05, "\(refused / (admitted + refused))")
    }
}
