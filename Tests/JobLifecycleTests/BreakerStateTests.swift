import JobLifecycle
import Testing

@Suite("Circuit breaker")
struct BreakerStateTests {
    @Test("failures in a row open it, and a success begins the count anew")
    func opens() {
        var breaker = BreakerState(threshold: 3, rest: .seconds(10))
        for _ in 0..<2 { breaker.fail(now: .zero) }
        breaker.succeed()
        for _ in 0..<2 { breaker.fail(now: .zero) }
        #expect(breaker.admit(now: .zero) == nil && !breaker.isOpen)
        breaker.fail(now: .seconds(1))
        #expect(breaker.isOpen && breaker.admit(now: .seconds(2)) == .seconds(9))
    }

    @Test("after its rest one may try, and what comes of it decides for all")
    func tries() {
        var breaker = BreakerState(threshold: 1, rest: .seconds(10))
        breaker.fail(now: .zero)
        #expect(breaker.admit(now: .seconds(10)) == nil)
        #expect(breaker.admit(now: .seconds(11)) == .seconds(9), "the others wait")
        breaker.fail(now: .seconds(12))
        #expect(breaker.admit(now: .seconds(13)) == .seconds(9))
        #expect(breaker.admit(now: .seconds(22)) == nil)
        breaker.succeed()
        #expect(breaker.admit(now: .seconds(22)) == nil && breaker.admit(now: .seconds(22)) == nil)
    }

    @Test(
        "late news: a success closes it whenever it comes, a failure makes no rest longer, and a try is not open for all"
    )
    func lateNews() {
        var breaker = BreakerState(threshold: 2, rest: .seconds(10))
        breaker.fail(now: .zero)
        breaker.fail(now: .zero)
        breaker.fail(now: .seconds(9))
        #expect(breaker.admit(now: .seconds(9)) == .seconds(1), "it rests since it opened")
        #expect(breaker.admit(now: .seconds(10)) == nil && breaker.isOpen, "one tries")
        breaker.succeed()
        #expect(!breaker.isOpen)
        breaker.fail(now: .seconds(11))
        #expect(breaker.admit(now: .seconds(11)) == nil, "it counts from nothing again")
        breaker.fail(now: .seconds(11))
        breaker.succeed()
        #expect(!breaker.isOpen && breaker.admit(now: .seconds(11)) == nil, "somebody was answered all the same")
    }

    @Test("who tried and never came back does not keep it open for ever")
    func lostTry() {
        var breaker = BreakerState(threshold: 1, rest: .seconds(10))
        breaker.fail(now: .zero)
        #expect(breaker.admit(now: .seconds(10)) == nil)
        #expect(breaker.admit(now: .seconds(20)) == nil)
    }
}
