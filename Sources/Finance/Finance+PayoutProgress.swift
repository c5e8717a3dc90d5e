public import Content
import Platform
public import Postgres
import Storefront

extension Finance {
    /// Hands a payout over: from here on it cannot be cancelled, and Payment Service must be told.
    ///
    /// May be repeated until Payment Service has said something final: it is the same order each time.
    ///
    /// - Returns: nil when there is nothing to send any more.
    /// - Throws: ``FinanceError/detailsErased``, `EnvelopeError` or `PostgresError`.
    public func handOver(_ id: PayoutID) async throws -> PayoutOrder? {
        try await self.database.transaction { transaction in
            guard let payout = try await Self.lock(id, in: transaction), !payout.status.isTerminal,
                let version = payout.detailsVersion
            else { return nil }
            guard let settings = try await Self.settings(of: payout.developer, version: version, in: transaction) else {
                return nil
            }
            let details = try self.open(settings)
            if payout.status == .requested {
                let moved = try await self.move(payout, by: .handOver, from: "slipway", in: transaction)
                try await self.observer.payoutMoved(moved, in: transaction)
                try await AuditLog.append(
                    Self.entry("payout.handed_over", moved, from: payout.status), in: transaction)
            }
            return PayoutOrder(payout: payout.id, developer: payout.developer, amount: payout.amount, details: details)
        }
    }

    /// Takes in what Payment Service says of a payout; what is old or contradicts what is settled changes nothing.
    ///
    /// - Returns: the payout as it is now and what was made of the message; nil when there is no such payout.
    public func hear(
        _ message: PayoutMessage, about id: PayoutID
    ) async throws -> (payout: PayoutRecord, verdict: PayoutEvent.Verdict)? {
        try await self.database.transaction { transaction in
            guard let payout = try await Self.lock(id, in: transaction) else { return nil }
            switch payout.status.reading(message.report) {
            case .old:
                // Polling says the same again and again; only messages with an id are worth a line.
                if message.id != nil { try await Self.note(message, of: payout, .old, in: transaction) }
                return (payout, .old)
            case .contradiction:
                try await Self.note(message, of: payout, .contradiction, in: transaction)
                try await AuditLog.append(
                    AuditEntry(
                        developer: payout.developer, action: "payout.contradicted", target: "payout/\(id)",
                        after: [
                            "status": .string(payout.status.rawValue), "claimed": .string(message.report.rawValue),
                            "reason": .text(message.reason), "source": .string(message.source),
                        ]), in: transaction)
                return (payout, .contradiction)
            case .apply(let event):
                let moved = try await self.move(payout, by: event, message, in: transaction)
                if moved.status == .completed { try await Self.settle(moved, in: transaction) }
                try await self.observer.payoutMoved(moved, in: transaction)
                try await AuditLog.append(
                    Self.entry("payout.\(moved.status.rawValue)", moved, from: payout.status), in: transaction)
                return (moved, .applied)
            }
        }
    }

    /// Gives a payout up that could not be handed over, and releases its money.
    ///
    /// Only when Payment Service has certainly not taken it: it refused, or was never asked.
    public func giveUp(_ id: PayoutID, reason: String, in transaction: Transaction) async throws {
        guard let payout = try await Self.lock(id, in: transaction), payout.status == .processing else { return }
        let message = PayoutMessage(.failed, id: nil, source: "slipway", reason: reason, reference: nil, details: nil)
        let moved = try await self.move(payout, by: .fail, message, in: transaction)
        try await self.observer.payoutMoved(moved, in: transaction)
        try await AuditLog.append(Self.entry("payout.failed", moved, from: payout.status), in: transaction)
    }

    private func move(
        _ payout: PayoutRecord, by event: PayoutState.Event, from source: String, in transaction: Transaction
    ) async throws -> PayoutRecord {
        let next = try payout.status.applying(event)
        let row = try await transaction.row(
            """
            UPDATE developer_payouts
            SET status = \(next.rawValue), handed_over_at = coalesce(handed_over_at, now()), revision = revision + 1
            WHERE payout_id = \(payout.id)
            RETURNING \(PayoutRecord.columns)
            """)
        guard let row else { throw PostgresError.unexpected("UPDATE … RETURNING gave no row") }
        try await Self.note(
            event.rawValue, of: payout.id, by: source, .applied, status: next, reason: nil, message: nil,
            in: transaction)
        return try PayoutRecord(row)
    }

    private func move(
        _ payout: PayoutRecord, by event: PayoutState.Event, _ message: PayoutMessage, in transaction: Transaction
    ) async throws -> PayoutRecord {
        let next = try payout.status.applying(event)
        let row = try await transaction.row(
            """
            UPDATE developer_payouts
            SET status = \(next.rawValue), processed_at = now(), reference = coalesce(\(message.reference), reference),
                failure_reason = \(next == .failed ? message.reason ?? "unknown" : nil),
                transaction_details = coalesce(\(message.details?.description)::jsonb, transaction_details),
                revision = revision + 1
            WHERE payout_id = \(payout.id)
            RETURNING \(PayoutRecord.columns)
            """)
        guard let row else { throw PostgresError.unexpected("UPDATE … RETURNING gave no row") }
        let moved = try PayoutRecord(row)
        try await Self.note(message, of: moved, .applied, in: transaction)
        return moved
    }

    private static func note(
        _ message: PayoutMessage, of payout: PayoutRecord, _ verdict: PayoutEvent.Verdict, in transaction: Transaction
    ) async throws(PostgresError) {
        try await self.note(
            message.report.rawValue, of: payout.id, by: message.source, verdict, status: payout.status,
            reason: message.reason, message: message.id, in: transaction)
    }
}
