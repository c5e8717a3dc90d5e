public import Content
import Platform
public import Postgres
public import Storefront

extension Accounts {
    /// Moves the company's verification on: the platform's decision, or the company's wish to be looked at again.
    ///
    /// A decision that has been made is not made again: the same one changes nothing.
    ///
    /// - Parameter telling: runs in the transaction when something changed.
    /// - Returns: nil when there is no such company.
    /// - Throws: `InvalidTransition` or ``PostgresError``.
    public func decide(
        _ event: CompanyVerification.Event, reason: String?, on id: DeveloperID,
        telling: (Company, Transaction) async throws -> Void = { _, _ in }
    ) async throws -> Company? {
        try await self.database.transaction { transaction -> Company? in
            guard let current = try await Self.lock(id, by: transaction) else { return nil }
            if event.outcome == current.verification, reason == current.verificationReason { return current }
            let next = try current.verification.applying(event)
            let row = try await transaction.row(
                """
                UPDATE developers
                SET verification_status = \(next.rawValue), verification_reason = \(reason),
                    verified_at = CASE WHEN \(next == .verified) THEN now() ELSE verified_at END, revision = revision + 1
                WHERE developer_id = \(id)
                RETURNING \(Company.columns)
                """)
            guard let company = try row.map(Company.init) else { return nil }
            try await telling(company, transaction)
            try await Self.audit("company.verification_changed", current, company, in: transaction)
            return company
        }
    }

    /// Suspends a company, or lets it work again; once more changes nothing but the reason.
    ///
    /// - Returns: nil when there is no such company.
    public func suspend(
        _ id: DeveloperID, isSuspended: Bool, reason: String?,
        telling: (Company, Transaction) async throws -> Void = { _, _ in }
    ) async throws -> Company? {
        try await self.database.transaction { transaction -> Company? in
            guard let current = try await Self.lock(id, by: transaction) else { return nil }
            if isSuspended == (current.suspendedAt != nil), reason == current.suspensionReason { return current }
            let row = try await transaction.row(
                """
                UPDATE developers
                SET suspended_at = CASE WHEN \(isSuspended) THEN coalesce(suspended_at, now()) END,
                    suspension_reason = CASE WHEN \(isSuspended) THEN \(reason) END, revision = revision + 1
                WHERE developer_id = \(id)
                RETURNING \(Company.columns)
                """)
            guard let company = try row.map(Company.init) else { return nil }
            try await telling(company, transaction)
            try await Self.audit(
                isSuspended ? "company.suspended" : "company.resumed", current, company, in: transaction)
            return company
        }
    }

    private static func audit(
        _ action: String, _ before: Company, _ after: Company, in transaction: Transaction
    ) async throws(PostgresError) {
        try await AuditLog.append(
            AuditEntry(
                developer: after.id, action: action, target: "company/\(after.id)", from: before.audited,
                to: after.audited),
            in: transaction)
    }
}

extension CompanyVerification.Event {
    /// What a decision of the platform comes to; nil for what companies cause.
    fileprivate var outcome: CompanyVerification? {
        switch self {
        case .verify: .verified
        case .reject: .rejected
        case .resubmit, .changeIdentity: nil
        }
    }
}
