public import Content
import FoundationEssentials
import Platform
import Postgres
import Storefront

extension Finance {
    /// Sets money aside for a payout, in one transaction that holds the company's account: whatever else is asked for at the
    /// same time sees less money.
    ///
    /// - Throws: ``FinanceError`` or `PostgresError`.
    public func request(_ request: PayoutRequest) async throws -> PayoutAnswer {
        guard let minimum = self.policy.minimums[request.amount.currency] else {
            throw FinanceError.currencyNotPaid(request.amount.currency, paid: self.policy.minimums.keys.sorted())
        }
        if self.policy.requiresKey, request.key == nil { throw FinanceError.keyRequired }
        return try await self.database.transaction { transaction in
            try await Self.lock(request.developer, in: transaction)
            if let earlier = try await self.earlier(request, in: transaction) { return .repeated(earlier) }
            if try request.amount.isLess(than: minimum) { throw FinanceError.belowMinimum(minimum) }
            if self.policy.requiresVerification {
                try await Self.requireVerified(request.developer, in: transaction)
            }
            let details = try await self.usableDetails(of: request.developer, in: transaction)
            let available = try await Self.available(
                request.amount.currency, of: request.developer, in: transaction)
            if try available.isLess(than: request.amount) { throw FinanceError.insufficientFunds(available: available) }
            let payout = try await Self.insert(request, details, in: transaction)
            try await Self.note(
                "request", of: payout.id, by: "user", .applied, status: payout.status, reason: nil, message: nil,
                in: transaction)
            try await self.observer.payoutMoved(payout, in: transaction)
            try await AuditLog.append(Self.entry("payout.requested", payout), in: transaction)
            return .requested(payout)
        }
    }

    /// Takes a request back before it is handed over; the money is available again.
    ///
    /// - Returns: nil when there is no such payout, or it is another company's.
    /// - Throws: `InvalidTransition` once it was handed over, or `PostgresError`.
    public func cancel(_ id: PayoutID, of developer: DeveloperID) async throws -> PayoutRecord? {
        try await self.database.transaction { transaction in
            guard let payout = try await Self.lock(id, in: transaction), payout.developer == developer else {
                return nil
            }
            let next = try payout.status.applying(.cancel)
            let row = try await transaction.row(
                """
                UPDATE developer_payouts
                SET status = \(next.rawValue), failure_reason = 'cancelled', processed_at = now(), revision = revision + 1
                WHERE payout_id = \(id)
                RETURNING \(PayoutRecord.columns)
                """)
            guard let row else { return nil }
            let cancelled = try PayoutRecord(row)
            try await Self.note(
                "cancel", of: id, by: "user", .applied, status: next, reason: "cancelled", message: nil,
                in: transaction)
            try await self.observer.payoutMoved(cancelled, in: transaction)
            try await AuditLog.append(Self.entry("payout.cancelled", cancelled, from: payout.status), in: transaction)
            return cancelled
        }
    }

    /// What the audit log remembers of a payout.
    static func entry(_ action: String, _ payout: PayoutRecord, from status: PayoutState? = nil) -> AuditEntry {
        AuditEntry(
            developer: payout.developer, action: action, target: "payout/\(payout.id)",
            before: status.map { ["status": .string($0.rawValue)] },
            after: [
                "status": .string(payout.status.rawValue), "amount": payout.amount.json,
                "account_hint": .text(payout.accountHint), "reason": .text(payout.failureReason),
            ])
    }

    /// The payout that this request is the repetition of.
    private func earlier(
        _ request: PayoutRequest, in transaction: Transaction
    ) async throws -> PayoutRecord? {
        if let key = request.key {
            let row = try await transaction.row(
                """
                SELECT \(PayoutRecord.columns) FROM developer_payouts
                WHERE developer_id = \(request.developer) AND idempotency_key = \(key)
                """)
            guard let row else { return nil }
            let payout = try PayoutRecord(row)
            guard payout.amount == request.amount else { throw FinanceError.keyReused }
            return payout
        }
        // Without a key: a double click, unless the first failed or the money goes elsewhere now.
        let row = try await transaction.row(
            """
            SELECT \(PayoutRecord.columns) FROM developer_payouts
            WHERE developer_id = \(request.developer) AND amount = \(request.amount.numeric)
              AND currency = \(request.amount.currency.code) AND status <> 'failed' AND idempotency_key IS NULL
              AND requested_at > now() - \(self.policy.repeatWindow)::interval
              AND details_version = (SELECT max(version) FROM developer_payment_settings
                                     WHERE developer_id = \(request.developer))
            ORDER BY requested_at DESC, payout_id
            LIMIT 1
            """)
        return try row.map(PayoutRecord.init)
    }

    private static func requireVerified(_ developer: DeveloperID, in transaction: Transaction) async throws {
        let row = try await transaction.row(
            "SELECT verification_status FROM developers WHERE developer_id = \(developer)")
        let verification = try row?.word("verification_status", as: CompanyVerification.self) ?? .pending
        guard verification == .verified else { throw FinanceError.companyNotVerified(verification) }
    }

    private func usableDetails(
        of developer: DeveloperID, in transaction: Transaction
    ) async throws -> PaymentSettings {
        guard let settings = try await Self.settings(of: developer, in: transaction) else {
            throw FinanceError.detailsMissing
        }
        guard !settings.isErased else { throw FinanceError.detailsErased }
        if settings.approval.state == .pending { throw FinanceError.approvalNeeded(version: settings.version) }
        let row = try await transaction.row(
            """
            SELECT max(created_at) + \(self.policy.cooldown)::interval AS until FROM developer_payment_settings
            WHERE developer_id = \(developer) AND redirects
            HAVING max(created_at) + \(self.policy.cooldown)::interval > now()
            """)
        if let row { throw FinanceError.cooldown(until: try row("until")) }
        return settings
    }

    private static func insert(
        _ request: PayoutRequest, _ settings: PaymentSettings, in transaction: Transaction
    ) async throws -> PayoutRecord {
        let row = try await transaction.row(
            """
            INSERT INTO developer_payouts
                (developer_id, amount, currency, requested_by, idempotency_key, details_version, account_hint)
            VALUES (\(request.developer), \(request.amount.numeric), \(request.amount.currency.code), \(request.user),
                    \(request.key), \(Int32(settings.version)), \(settings.accountHint))
            RETURNING \(PayoutRecord.columns)
            """)
        guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
        return try PayoutRecord(row)
    }
}
