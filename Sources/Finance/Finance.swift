public import Envelope
public import Postgres

/// A company's money with the platform: owner of `finance_transactions`, `developer_payouts` and
/// `developer_payment_settings`.
///
/// Another company's payout is no payout at all here. Nothing is ever added to a stored balance: the balance is the sum of
/// the ledger, and whoever changes either holds the company's row of `finance_accounts` until the end of the transaction.
public struct Finance: Sendable {
    public let database: Database
    public let policy: PayoutPolicy
    let keys: KeyRing
    let observer: any PayoutObserver

    /// - Parameters:
    ///   - keys: wrap the keys of payout details.
    ///   - observer: told of everything that moves, in the transaction that moves it.
    public init(database: Database, policy: PayoutPolicy, keys: KeyRing, observer: some PayoutObserver) {
        self.database = database
        self.policy = policy
        self.keys = keys
        self.observer = observer
    }
}
