import Finance
public import JobLifecycle
public import JobQueue
import Logging

/// Reads on in Payment Service's feed of entries: what was sold, given back and charged.
public struct PollLedger: Job {
    public static let kind: JobKind = "poll-ledger"
    public static let policy = JobPolicy(queue: "payouts", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(300))
}

struct PollLedgerHandler: JobHandler {
    let finance: Finance
    let payment: PaymentClient?

    func perform(_ work: PollLedger, attempt: Attempt) async throws -> Outcome {
        guard let payment else { return .completed }
        let new = try await self.finance.pollLedger(payment)
        if new > 0 { Logger.current.info("ledger entries recorded", metadata: ["entries.count": "\(new)"]) }
        return .completed
    }
}
