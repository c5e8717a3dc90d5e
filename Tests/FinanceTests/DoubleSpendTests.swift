import Content
import Finance
import FoundationEssentials
import Postgres
import Storefront
import Testing

@Suite("Double spending")
struct DoubleSpendTests {
    @Test("B12, FI-8: whatever is asked for, cancelled, given back and settled at once, no kopeck is spent twice")
    func storm() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("30000.00")
            try await fixture.setDetails()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<120 {
                    group.addTask {
                        switch number % 6 {
                        case 0:
                            _ = try await fixture.finance.record(
                                [try fixture.entry("refund\(number)", .refund, "-100.01")], from: "payment-service")
                        default: try await Self.ask(fixture, number)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let balance = try await fixture.balance()
            #expect(try balance.available.adding(balance.reserved).adding(balance.pending) == balance.total)
            let rows = try await fixture.database.rows(
                """
                SELECT (SELECT sum(amount) FROM finance_transactions)::text AS ledger,
                       (SELECT coalesce(sum(amount), 0) FROM developer_payouts
                        WHERE status IN ('requested', 'processing'))::text AS open,
                       (SELECT count(*) FROM developer_payouts WHERE status = 'completed')
                         - (SELECT count(*) FROM finance_transactions WHERE type = 'payout') AS unsettled,
                       (SELECT count(*) FROM (SELECT payout_id FROM finance_transactions WHERE type = 'payout'
                                              GROUP BY payout_id HAVING count(*) > 1) AS twice) AS twice
                """)
            let row = try #require(rows.first)
            #expect(try Money(try row("ledger", as: String.self).trimmed, .rub) == balance.total)
            #expect(try row("unsettled", as: Int64.self) == 0)
            #expect(try row("twice", as: Int64.self) == 0)
            // The ledger may be in debt by what was given back after it was paid, and by nothing else.
            #expect(balance.available.minorUnits >= -20 * 10_001)
        }
    }

    /// A payout that ends in one of four ways, the same key now and then.
    private static func ask(_ fixture: FinanceFixture, _ number: Int) async throws {
        do {
            let payout = try await fixture.request("1000.00", key: "k\(number % 50)").payout
            switch number % 4 {
            case 0: _ = try await fixture.finance.cancel(payout.id, of: fixture.mine)
            case 1:
                guard try await fixture.finance.handOver(payout.id) != nil else { return }
                for report in [PayoutReport.completed, .completed, .failed] {
                    _ = try await fixture.finance.hear(Self.message(report), about: payout.id)
                }
            case 2:
                guard try await fixture.finance.handOver(payout.id) != nil else { return }
                _ = try await fixture.finance.hear(Self.message(.failed), about: payout.id)
            default: break
            }
        } catch FinanceError.insufficientFunds {
        } catch is InvalidTransition {
            // Somebody else with the same key was quicker.
        }
    }

    private static func message(_ report: PayoutReport) -> PayoutMessage {
        PayoutMessage(report, id: nil, source: "payment-service", reason: nil, reference: nil, details: nil)
    }
}

extension String {
    /// Without the zeros that the column keeps beyond the currency's digits.
    fileprivate var trimmed: String { String(self.dropLast(2)) }
}
