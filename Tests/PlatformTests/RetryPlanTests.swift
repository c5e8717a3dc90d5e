import Platform
import Testing

@Suite("Attempts at calls")
struct RetryPlanTests {
    private let plan = RetryPlan(attempts: 4, base: .milliseconds(100), cap: .milliseconds(300), total: .seconds(2))

    @Test("rests are drawn from nothing to a bound that doubles up to a cap")
    func fullJitter() {
        for (attempt, bound) in [(1, 100), (2, 200), (3, 300)] {
            #expect(self.plan.rest(after: attempt, elapsed: .zero, jitter: 0) == .zero)
            #expect(self.plan.rest(after: attempt, elapsed: .zero, jitter: 1) == .milliseconds(bound))
            #expect(self.plan.rest(after: attempt, elapsed: .zero, jitter: 0.5) == .milliseconds(bound) * 0.5)
            #expect(self.plan.rest(after: attempt, elapsed: .zero, jitter: 7) == .milliseconds(bound))
            #expect(self.plan.rest(after: attempt, elapsed: .zero, jitter: -7) == .zero)
        }
        #expect(self.plan.rest(after: 4, elapsed: .zero, jitter: 0) == nil, "that was the last")
        let many = RetryPlan(attempts: 1000, base: .seconds(1), cap: .seconds(9), total: .seconds(100))
        #expect(many.rest(after: 999, elapsed: .zero, jitter: 1) == .seconds(9), "no bound overflows")
    }

    @Test("no rest leads beyond the time for all attempts, and no attempt begins there")
    func total() {
        #expect(self.plan.rest(after: 1, elapsed: .milliseconds(1950), jitter: 1) == nil)
        #expect(self.plan.rest(after: 1, elapsed: .milliseconds(1950), jitter: 0) == .zero)
        #expect(self.plan.rest(after: 1, elapsed: .seconds(2), jitter: 0) == nil)
        #expect(self.plan.remaining(elapsed: .milliseconds(500)) == .milliseconds(1500))
        #expect(self.plan.remaining(elapsed: .seconds(2)) == nil)
    }

    @Test("a service is not asked before it wants to be, and not at all when that is too late")
    func retryAfter() {
        #expect(self.plan.rest(after: 1, elapsed: .zero, asked: .seconds(1), jitter: 0) == .seconds(1))
        #expect(self.plan.rest(after: 3, elapsed: .zero, asked: .milliseconds(1), jitter: 1) == .milliseconds(300))
        #expect(self.plan.rest(after: 1, elapsed: .zero, asked: .seconds(3), jitter: 0) == nil)
    }

    @Test("one attempt is one attempt")
    func once() {
        #expect(RetryPlan.once(within: .seconds(1)).rest(after: 1, elapsed: .zero, jitter: 0) == nil)
    }
}
