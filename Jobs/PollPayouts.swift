import Content
import Finance
public import JobLifecycle
public import JobQueue
import Platform
import Postgres

/// Asks Payment Service how the payouts are that it has had for a while: its message may have been lost.
public struct PollPayouts: Job {
    public static let kind: JobKind = "poll-payouts"
    public static let policy = JobPolicy(queue: "payouts", retry: RetryPolicy(maxAttempts: 3), timeout: .seconds(300))
}

struct PollPayoutsHandler: JobHandler {
    let finance: Finance
    let payment: PaymentClient?
    let queue: JobQueue

    /// Payouts of one round.
    private static let batch = 100

    func perform(_ work: PollPayouts, attempt: Attempt) async throws -> Outcome {
        guard let payment else { return .completed }
        for payout in try await self.finance.unsettled(olderThan: .seconds(30), limit: Self.batch) {
            try Task.checkCancellation()
            if let message = try await payment.status(of: payout.id) {
                _ = try await self.finance.hear(message, about: payout.id)
            } else {
                // It never heard of it: the job that should have told it died for good.
                try await self.finance.database.transaction { transaction in
                    try await self.queue.enqueue(
                        SendPayout(payout: payout.id), unique: "send-payout/\(payout.id)",
                        scope: JobScope(id: payout.id.uuid, developer: nil), in: transaction)
                }
            }
        }
        return .completed
    }
}
