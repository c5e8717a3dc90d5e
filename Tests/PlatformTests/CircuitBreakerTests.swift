import Platform
import Testing

@Suite("Circuit breakers")
struct CircuitBreakerTests {
    @Test("IN-1: failures in a row open it, a success in between does not, and after the rest one may look")
    func life() {
        let now = ContinuousClock.now
        var breaker = CircuitBreaker(threshold: 3, rest: .seconds(10))
        func mayAsk(_ seconds: Int = 0) -> Bool { breaker.mayAsk(at: now + .seconds(seconds)) }
        for _ in 0..<2 {
            #expect(mayAsk())
            breaker.failed(at: now)
        }
        breaker.succeeded()
        for _ in 0..<3 {
            #expect(mayAsk())
            breaker.failed(at: now)
        }
        let state = breaker.state
        #expect(state == .open(until: now + .seconds(10)))
        #expect(!mayAsk(9))
        #expect(mayAsk(10), "one looks")
        #expect(!mayAsk(10), "the others wait for what it finds")
        breaker.failed(at: now + .seconds(11))
        #expect(!mayAsk(20) && mayAsk(21))
        breaker.succeeded()
        #expect(mayAsk())
    }
}
