import Content
import Finance
import FoundationEssentials
import Postgres
import Storefront
import Testing

@Suite("The ledger")
struct LedgerTests {
    @Test("FI-1: an entry is recorded once, however often and however concurrently it is reported")
    func once() async throws {
        try await FinanceFixture.run { fixture in
            let entries = try (0..<20).map { try fixture.entry("s-\($0)", "10.01") }
            let new = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await fixture.finance.record(entries, from: "payment-service").new }
                }
                return try await group.reduce(0, +)
            }
            #expect(new == 20)
            let again = try await fixture.finance.record([entries[0], entries[0]], from: "payment-service")
            #expect(again.new == 0 && again.repeated == 2)
            #expect(try await fixture.balance().total.text == "200.20")
            // Another source has ids of its own.
            #expect(try await fixture.finance.record([entries[0]], from: "another").new == 1)
        }
    }

    @Test("FI-1: an id that says something else is refused, and nothing of its batch is kept")
    func conflict() async throws {
        try await FinanceFixture.run { fixture in
            _ = try await fixture.finance.record([try fixture.entry("a", "1.00")], from: "p")
            for other in [
                try fixture.entry("a", "1.01"), try fixture.entry("a", "1.00", of: fixture.theirs),
                try fixture.entry("a", .adjustment, "1.00"), try fixture.entry("a", "1.00", currency: .usd),
            ] {
                await #expect(throws: FinanceError.entryConflict(id: "a")) {
                    try await fixture.finance.record([try fixture.entry("new", "5.00"), other], from: "p")
                }
            }
            await #expect(throws: FinanceError.entryConflict(id: "b")) {
                try await fixture.finance.record(
                    [try fixture.entry("b", "5.00"), try fixture.entry("b", "6.00")], from: "p")
            }
            let nobody = DeveloperID(UUID())
            await #expect(throws: FinanceError.unknownDeveloper(nobody, entries: [1])) {
                try await fixture.finance.record(
                    [try fixture.entry("c", "5.00"), try fixture.entry("d", "5.00", of: nobody)], from: "p")
            }
            #expect(try await fixture.balance().total.text == "1.00")
        }
    }

    @Test("FI-2: every kind of income and expense is kept to the kopeck")
    func kinds() async throws {
        try await FinanceFixture.run { fixture in
            let entries = [
                try fixture.entry("1", .sale, "999.99"), try fixture.entry("2", .refund, "-99.99"),
                try fixture.entry("3", .fee, "-0.01"), try fixture.entry("4", .tax, "-0.99"),
                try fixture.entry("5", .adjustment, "100.00"), try fixture.entry("6", .serviceFee, "-50.00"),
                try fixture.entry("7", .sale, "19.99", currency: .usd),
                try fixture.entry("8", .sale, "5.00", availableIn: 600),
            ]
            _ = try await fixture.finance.record(entries, from: "p")
            let (balances, _) = try await fixture.finance.balances(of: fixture.mine)
            #expect(balances.map(\.currency.code) == ["RUB", "USD"])
            let rubles = balances[0]
            #expect(rubles.total.text == "954.00" && rubles.pending.text == "5.00" && rubles.available.text == "949.00")
            #expect(balances[1].available.text == "19.99")
            #expect(try await fixture.finance.balances(of: fixture.theirs).balances.isEmpty)
        }
    }

    @Test("EP-29: the ledger is read newest first, or from a place on; filters see the same rows")
    func reading() async throws {
        try await FinanceFixture.run { fixture in
            _ = try await fixture.finance.record(try (1...7).map { try fixture.entry("\($0)", "\($0).00") }, from: "p")
            _ = try await fixture.finance.record([try fixture.entry("r", .refund, "-1.00")], from: "p")
            _ = try await fixture.finance.record([try fixture.entry("o", "1.00", of: fixture.theirs)], from: "p")
            let all = try await fixture.finance.transactions(of: fixture.mine, LedgerFilter(), .before(nil), limit: 50)
            #expect(all.map(\.seq) == [8, 7, 6, 5, 4, 3, 2, 1], "without gaps")
            let copy = try await fixture.finance.transactions(of: fixture.mine, LedgerFilter(), .after(5), limit: 2)
            #expect(copy.map(\.seq) == [6, 7])
            var filter = LedgerFilter()
            filter.types = [.refund]
            #expect(
                try await fixture.finance.transactions(of: fixture.mine, filter, .before(nil), limit: 9).map(\.sourceID)
                    == ["r"])
            filter.types = []
            filter.until = Date(timeIntervalSince1970: 1_790_000_000)
            #expect(try await fixture.finance.transactions(of: fixture.mine, filter, .before(nil), limit: 9).isEmpty)
            filter.until = nil
            filter.currency = .usd
            #expect(try await fixture.finance.transactions(of: fixture.mine, filter, .before(nil), limit: 9).isEmpty)
        }
    }

    @Test("FI-2: nobody changes or deletes what is in the ledger")
    func appendOnly() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("5.00")
            for statement: SQL in [
                "UPDATE finance_transactions SET amount = 6", "DELETE FROM finance_transactions",
                "TRUNCATE finance_transactions", "DELETE FROM developers",
            ] {
                await #expect(throws: PostgresError.self) { try await fixture.database.execute(statement) }
            }
            #expect(try await fixture.balance().total.text == "5.00")
        }
    }

    @Test("NT-1: enough to be paid out is told when it is reached, and only then")
    func threshold() async throws {
        try await FinanceFixture.run { fixture in
            for amount in ["999.99", "0.01", "5.00"] { try await fixture.earn(amount) }
            #expect(fixture.observer.reached.map(\.text) == ["1000.00"])
        }
    }
}
