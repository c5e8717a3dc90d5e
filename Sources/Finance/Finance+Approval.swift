public import Content
import Platform
import Postgres
import Storefront

extension Finance {
    /// Approves payout details that send the money elsewhere than before: from now on payouts may go by them.
    ///
    /// Whoever had a hand in the change cannot: neither who redirected the money nor who edited something of the details
    /// afterwards, before they were approved. The same again changes nothing.
    ///
    /// - Parameter version: what was looked at; an approval is of these very details.
    /// - Returns: nil when the company has no details.
    /// - Throws: ``FinanceError/approvalOutdated(current:)``, ``FinanceError/secondPersonNeeded``, or `PostgresError`.
    public func approveDetails(
        of developer: DeveloperID, version: Int, by approver: PaymentApprover
    ) async throws -> PaymentSettings? {
        try await self.database.transaction { transaction in
            // A company without details may be no company at all: nothing is made for it.
            guard try await Self.settings(of: developer, in: transaction) != nil else { return nil }
            try await Self.lock(developer, in: transaction)
            guard let current = try await Self.settings(of: developer, in: transaction) else { return nil }
            guard current.version == version, !current.isErased else {
                throw FinanceError.approvalOutdated(current: current.version)
            }
            guard current.approval.state == .pending else { return current }
            if let user = approver.user, try await Self.hadAHand(user, inDetailsOf: developer, in: transaction) {
                throw FinanceError.secondPersonNeeded
            }
            let row = try await transaction.row(
                """
                UPDATE developer_payment_settings SET approved_by = \(approver.text), approved_at = now()
                WHERE developer_id = \(developer) AND version = \(Int32(version))
                RETURNING \(PaymentSettings.columns)
                """)
            guard let row else { throw PostgresError.unexpected("UPDATE … RETURNING gave no row") }
            let settings = try PaymentSettings(row)
            try await self.observer.detailsChanged(settings, in: transaction)
            try await AuditLog.append(
                AuditEntry(
                    developer: developer, action: "payment_settings.approved", target: "payment_settings/\(developer)",
                    after: [
                        "version": .integer(version), "account_hint": .string(settings.accountHint),
                        "approved_by": .string(approver.text),
                    ]),
                in: transaction)
            return settings
        }
    }

    /// Whether somebody wrote any of the versions since the last one that payouts may go by.
    private static func hadAHand(
        _ user: UserID, inDetailsOf developer: DeveloperID, in transaction: Transaction
    ) async throws(PostgresError) -> Bool {
        try await transaction.row(
            """
            SELECT FROM developer_payment_settings
            WHERE developer_id = \(developer) AND created_by = \(user) AND needs_approval AND approved_at IS NULL
              AND version > (
                  SELECT coalesce(max(version), 0) FROM developer_payment_settings
                  WHERE developer_id = \(developer) AND (NOT needs_approval OR approved_at IS NOT NULL))
            LIMIT 1
            """) != nil
    }
}
