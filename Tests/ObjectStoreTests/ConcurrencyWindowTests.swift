import Testing

@testable import ObjectStore

@Suite("Concurrency window")
struct ConcurrencyWindowTests {
    @Test("it grows by one after a window of successes, up to its maximum")
    func growth() {
        var window = ConcurrencyWindow(start: 4, minimum: 1, maximum: 6)
        for _ in 0..<4 { window.succeed() }
        #expect(window.limit == 5)
        for _ in 0..<5 { window.succeed() }
        #expect(window.limit == 6)
        for _ in 0..<100 { window.succeed() }
        #expect(window.limit == 6)
    }

    @Test("it is halved once for all requests that were under way together")
    func decrease() {
        var window = ConcurrencyWindow(start: 16, minimum: 1, maximum: 64)
        for _ in 0..<16 { window.throttle(underWay: 16) }
        #expect(window.limit == 8)
        window.throttle(underWay: 8)
        #expect(window.limit == 4)
    }

    @Test("it never goes below its minimum")
    func minimum() {
        var window = ConcurrencyWindow(start: 8, minimum: 2, maximum: 64)
        for _ in 0..<100 { window.throttle(underWay: 1) }
        #expect(window.limit == 2)
    }

    @Test("against a store that takes so many at once it settles near that", arguments: [3, 10, 40])
    func settles(capacity: Int) {
        var window = ConcurrencyWindow(start: 8, minimum: 1, maximum: 64)
        var served = 0
        var refused = 0
        for round in 0..<400 {
            let sent = window.limit
            for request in 0..<sent {
                if request < capacity { window.succeed() } else { window.throttle(underWay: sent) }
            }
            if round >= 100 {
                served += min(sent, capacity)
                refused += max(0, sent - capacity)
            }
        }
        #expect(Double(served) / Double(300 * capacity) > 0.8)
        #expect(Double(refused) / Double(served + refused) < 0.05)
    }
}
