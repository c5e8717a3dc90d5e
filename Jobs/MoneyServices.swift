public import Analytics
public import Finance
public import Games
public import JobQueue
import Postgres

/// What the jobs of payouts, of the ledger and of reports work with.
public struct MoneyServices: Sendable {
    public var finance: Finance
    /// Nil where no Payment Service is configured.
    public var payment: PaymentClient?
    public var analytics: Analytics
    public var games: Games
    public var queue: JobQueue

    public init(
        finance: Finance, payment: PaymentClient?, analytics: Analytics, games: Games, queue: JobQueue
    ) {
        self.finance = finance
        self.payment = payment
        self.analytics = analytics
        self.games = games
        self.queue = queue
    }

    /// Has the ledger's feed and the unsettled payouts looked at, unless that is being done.
    public func poll() async throws {
        guard self.payment != nil else { return }
        try await self.finance.database.transaction { transaction in
            try await self.queue.enqueue(PollLedger(), unique: "poll-ledger", in: transaction)
            try await self.queue.enqueue(PollPayouts(), unique: "poll-payouts", in: transaction)
        }
    }

    /// Has old reports removed and keys wrapped anew, where there are any, unless that is being done.
    public func tidy() async throws {
        let (hasOldReports, hasOldKeys) = (
            try await self.analytics.hasSomethingToForget(), try await self.finance.hasKeysToRewrap()
        )
        try await self.finance.database.transaction { transaction in
            if hasOldReports {
                try await self.queue.enqueue(ExpireReports(), unique: "expire-reports", in: transaction)
            }
            if hasOldKeys { try await self.queue.enqueue(RewrapKeys(), unique: "rewrap-keys", in: transaction) }
        }
    }
}
