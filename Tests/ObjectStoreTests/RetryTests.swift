import Testing

@testable import ObjectStore

@Suite("Retries")
struct RetryTests {
    private static let policy = RetryPolicy(maximumAttempts: 6)

    @Test("the longest wait doubles with each try, from 50 ms or a second up to 20 seconds")
    func ceilings() {
        let patient = RetryPolicy(maximumAttempts: 100)
        func ceiling(_ attempt: Int, _ reason: RetryPolicy.Reason) -> Duration? {
            patient.delay(after: attempt, for: reason, fraction: 1, retryAfter: nil)
        }
        #expect((1...4).map { ceiling($0, .transient) } == [50, 100, 200, 400].map { .milliseconds($0) })
        #expect((1...6).map { ceiling($0, .throttled) } == [1, 2, 4, 8, 16, 20].map { .seconds($0) })
        #expect(ceiling(99, .transient) == .seconds(20))
    }

    @Test("the wait is any fraction of the longest")
    func jitter() {
        #expect(Self.policy.delay(after: 3, for: .transient, fraction: 0, retryAfter: nil) == .zero)
        #expect(Self.policy.delay(after: 3, for: .transient, fraction: 0.5, retryAfter: nil) == .milliseconds(100))
    }

    @Test("no try follows the last one")
    func lastAttempt() {
        #expect(Self.policy.delay(after: 5, for: .transient, fraction: 0, retryAfter: nil) != nil)
        #expect(Self.policy.delay(after: 6, for: .transient, fraction: 0, retryAfter: nil) == nil)
    }

    @Test("a server may ask for more, but not for more than 20 seconds")
    func retryAfter() {
        #expect(Self.policy.delay(after: 1, for: .transient, fraction: 1, retryAfter: .seconds(3)) == .seconds(3))
        #expect(Self.policy.delay(after: 1, for: .throttled, fraction: 1, retryAfter: .zero) == .seconds(1))
        #expect(Self.policy.delay(after: 1, for: .throttled, fraction: 1, retryAfter: .seconds(999)) == .seconds(20))
    }

    @Test("a store that only fails is asked 35 times more and then left alone")
    func emptyBudget() {
        var budget = RetryBudget()
        var taken = 0
        while budget.take(for: .transient) { taken += 1 }
        #expect(taken == 35)
        #expect(budget.tokens == 10)
        let isTaken = budget.take(for: .throttled)
        #expect(isTaken)
    }

    @Test("a success gives back what its retries took, and never more than the bucket holds")
    func refill() {
        var budget = RetryBudget()
        _ = budget.take(for: .transient)
        budget.succeed(taken: 14)
        #expect(budget.tokens == RetryBudget.capacity)
        let isTaken = budget.take(for: .throttled)
        #expect(isTaken)
        budget.succeed(taken: 0)
        #expect(budget.tokens == RetryBudget.capacity - 4)
    }
}
