import JobLifecycle
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
    let policy = RetryPolicy(maxAttempts: 4, base: .seconds(2), cap: .seconds(60))

    @Test("delays double up to the cap, between half and whole", arguments: 1...20)
    func delaysDouble(attempt: Int) {
        let whole = min(2.0 * Double(1 << (attempt - 1)), 60)
        #expect(self.policy.delay(after: attempt, jitter: 1) == .seconds(whole))
        #expect(self.policy.delay(after: attempt, jitter: 0) == .seconds(whole / 2))
    }

    @Test("an absurd attempt number or jitter stays within the cap", arguments: [-5, 0, 1_000_000])
    func absurdInput(attempt: Int) {
        let delay = self.policy.delay(after: attempt, jitter: 7)
        #expect(delay >= .seconds(1) && delay <= .seconds(60))
    }

    @Test("a retryable failure is retried until the last attempt, then discarded with the attempt's number")
    func retriesThenDiscards() {
        let failure = Failure(code: "store-unavailable", message: "503", retryable: true)
        for attempt in 1...3 {
            guard
                case .retried(_, let recorded) = AttemptEnd(
                    failed: failure, attempt: attempt, policy: self.policy, jitter: 0.5)
            else {
                Issue.record("attempt \(attempt) was not retried")
                continue
            }
            #expect(recorded.attempt == attempt)
        }
        guard case .discarded(let last) = AttemptEnd(failed: failure, attempt: 4, policy: self.policy, jitter: 0.5)
        else {
            Issue.record("the last attempt was retried")
            return
        }
        #expect(last.attempt == 4)
    }

    @Test("a failure that cannot be mended by repeating is discarded at once")
    func unretryable() {
        let failure = Failure(code: "archive-unsafe", message: "../x", retryable: false)
        guard case .discarded = AttemptEnd(failed: failure, attempt: 1, policy: self.policy, jitter: 0) else {
            Issue.record("retried")
            return
        }
    }
}
