import Content
import Finance
public import JobLifecycle
public import JobQueue
import Logging
import Platform
import Postgres

/// Gives a payout to Payment Service.
///
/// The payout's id is the idempotency key, so that a repeat pays nobody twice. Only a plain no of Payment Service gives the
/// money back; when nobody knows whether it was taken, it stays set aside, and ``PollPayouts`` asks until somebody does.
public struct SendPayout: Job {
    public static let kind: JobKind = "send-payout"
    public static let policy = JobPolicy(
        queue: "payouts", retry: RetryPolicy(maxAttempts: 50, base: .seconds(2), cap: .seconds(3600)),
        timeout: .seconds(120))

    let payout: PayoutID
}

struct SendPayoutHandler: JobHandler {
    let finance: Finance
    /// Nil where none is configured: payouts wait.
    let payment: PaymentClient?

    /// Statuses by which Payment Service says that it will never take this payout. Others are about us or about now.
    private static let refusals: Set<Int> = [400, 402, 410, 422]

    func perform(_ work: SendPayout, attempt: Attempt) async throws -> Outcome {
        guard let payment else { return .snoozed(for: .seconds(60)) }
        guard let order = try await self.finance.handOver(work.payout) else { return .completed }
        do {
            let message = try await payment.send(order)
            _ = try await self.finance.hear(message, about: work.payout)
            return .completed
        } catch ServiceError.refused(_, let status, let code) where Self.refusals.contains(status) {
            return .completed { transaction in
                try await self.finance.giveUp(work.payout, reason: code ?? "refused", in: transaction)
            }
        }
    }

    func abandon(_ work: SendPayout, failure: Failure, in transaction: Transaction) async throws {
        Logger.current.error(
            "a payout was not handed over",
            metadata: ["payout.id": "\(work.payout)", "failure.code": "\(failure.code)"])
    }
}
