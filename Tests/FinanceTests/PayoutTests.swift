import Content
import Finance
import FoundationEssentials
import Postgres
import Storefront
import Testing

@Suite("Payouts")
struct PayoutTests {
    private static func message(_ report: PayoutReport, _ id: String? = nil, reason: String? = nil) -> PayoutMessage {
        PayoutMessage(report, id: id, source: "payment-service", reason: reason, reference: "P-1", details: ["a": 1])
    }

    @Test("EP-31: of fifty requests at once exactly those that there is money for are taken")
    func race() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("10500.00")
            try await fixture.setDetails()
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        do {
                            return try await fixture.request("1000.00", key: "k\(number)").payout.status == .requested
                        } catch FinanceError.insufficientFunds {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 10)
            let balance = try await fixture.balance()
            #expect(balance.reserved.text == "10000.00" && balance.available.text == "500.00")
            #expect(balance.total.text == "10500.00")
        }
    }

    @Test("FI-8: one key is one payout, even at once; the same key for another amount is refused")
    func key() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("10000.00")
            try await fixture.setDetails()
            let ids = try await withThrowingTaskGroup(of: PayoutID.self) { group in
                for _ in 0..<20 { group.addTask { try await fixture.request("1000.00", key: "a").payout.id } }
                return try await group.reduce(into: Set<PayoutID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            await #expect(throws: FinanceError.keyReused) { try await fixture.request("1000.01", key: "a") }
            #expect(try await fixture.request("1000.00", key: "b").payout.id != ids.first)
            #expect(try await fixture.balance().reserved.text == "2000.00")
        }
    }

    @Test("AMB-41: without a key the same request within a minute is a double click; another amount is not")
    func doubleClick() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("10000.00")
            try await fixture.setDetails()
            let first = try await fixture.request("1500.00")
            #expect(try await fixture.request("1500.00") == .repeated(first.payout))
            #expect(try await fixture.request("1500.01").payout.id != first.payout.id)
            try await fixture.database.execute(
                "UPDATE developer_payouts SET requested_at = now() - interval '61 seconds'")
            guard case .requested = try await fixture.request("1500.00") else {
                Issue.record("a request of another minute is a request of its own")
                return
            }
            _ = try await fixture.finance.cancel(first.payout.id, of: fixture.mine)
        }
    }

    @Test("FI-4: less than the minimum, more than there is, no details: each is refused by its name")
    func refusals() async throws {
        try await FinanceFixture.run { fixture in
            await #expect(throws: FinanceError.belowMinimum(try FinanceFixture.rub("1000.00"))) {
                try await fixture.request("999.99")
            }
            try await fixture.database.execute("UPDATE developers SET verification_status = 'rejected'")
            await #expect(throws: FinanceError.companyNotVerified(.rejected)) { try await fixture.request("1000.00") }
            try await fixture.database.execute("UPDATE developers SET verification_status = 'verified'")
            await #expect(throws: FinanceError.detailsMissing) { try await fixture.request("1000.00") }
            try await fixture.setDetails()
            await #expect(throws: FinanceError.insufficientFunds(available: try FinanceFixture.rub("0.00"))) {
                try await fixture.request("1000.00")
            }
            _ = try await fixture.finance.record(
                [try fixture.entry("later", "5000.00", availableIn: 600)], from: "p")
            await #expect(throws: FinanceError.insufficientFunds(available: try FinanceFixture.rub("0.00"))) {
                try await fixture.request("1000.00")
            }
            await #expect(throws: FinanceError.currencyNotPaid(.usd, paid: [.rub])) {
                try await fixture.finance.request(
                    PayoutRequest(
                        developer: fixture.mine, user: nil, amount: Money(minorUnits: 1_000_000, .usd), key: nil))
            }
            var strict = PayoutPolicy.standard
            strict.requiresKey = true
            let policy = strict
            try await FinanceFixture.run(policy: policy) { other in
                await #expect(throws: FinanceError.keyRequired) { try await other.request("1000.00") }
            }
            #expect(try await fixture.finance.payouts(of: fixture.mine, status: nil, after: nil, limit: 9).isEmpty)
        }
    }

    @Test("FI-7: completed takes the money off the ledger; failed and cancelled give it back")
    func ends() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("6000.00")
            try await fixture.setDetails()
            let paid = try await fixture.request("1000.00").payout
            let failed = try await fixture.request("2000.00").payout
            let cancelled = try await fixture.request("3000.00").payout
            #expect(try await fixture.balance().available.isZero)
            #expect(try await fixture.finance.cancel(cancelled.id, of: fixture.theirs) == nil)
            #expect(try await fixture.finance.cancel(cancelled.id, of: fixture.mine)?.failureReason == "cancelled")

            let order = try #require(try await fixture.finance.handOver(paid.id))
            #expect(order.details.account.text == "40702810938000000001" && order.amount == paid.amount)
            #expect(try await fixture.finance.handOver(paid.id)?.payout == paid.id, "the same order again")
            await #expect(throws: InvalidTransition.self) {
                try await fixture.finance.cancel(paid.id, of: fixture.mine)
            }
            #expect(
                try await fixture.finance.hear(Self.message(.completed), about: paid.id)?.payout.status == .completed)
            _ = try await fixture.finance.handOver(failed.id)
            let ended = try await fixture.finance.hear(
                Self.message(.failed, reason: "account-closed"), about: failed.id)
            #expect(ended?.payout.failureReason == "account-closed" && ended?.payout.processedAt != nil)
            #expect(try await fixture.finance.handOver(cancelled.id) == nil)

            let balance = try await fixture.balance()
            #expect(balance.total.text == "5000.00" && balance.available.text == "5000.00" && balance.reserved.isZero)
            var filter = LedgerFilter()
            filter.types = [.payout]
            let entries = try await fixture.finance.transactions(of: fixture.mine, filter, .before(nil), limit: 9)
            #expect(entries.map(\.payout) == [paid.id] && entries.map(\.amount.text) == ["-1000.00"])
            #expect(
                fixture.observer.moved == [
                    .requested, .requested, .requested, .failed, .processing, .completed, .processing, .failed,
                ])
        }
    }

    @Test("FI-6: repeated and late messages change nothing; a contradiction is remembered for a person")
    func order() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("2000.00")
            try await fixture.setDetails()
            let id = try await fixture.request("1000.00").payout.id
            let early = try await fixture.finance.hear(Self.message(.completed, "m0"), about: id)
            #expect(early?.verdict == .contradiction && early?.payout.status == .requested)
            _ = try await fixture.finance.handOver(id)
            #expect(try await fixture.finance.hear(Self.message(.processing, "m1"), about: id)?.verdict == .old)
            for _ in 0..<3 { _ = try await fixture.finance.hear(Self.message(.completed, "m2"), about: id) }
            #expect(try await fixture.finance.hear(Self.message(.processing, "m1"), about: id)?.verdict == .old)
            let late = try await fixture.finance.hear(Self.message(.failed, "m3", reason: "late"), about: id)
            #expect(late?.verdict == .contradiction && late?.payout.status == .completed)
            #expect(try await fixture.balance().total.text == "1000.00", "settled once")
            let history = try await fixture.finance.history(of: id)
            #expect(
                history.map { "\($0.event) \($0.verdict)" } == [
                    "request applied", "completed contradiction", "hand_over applied", "processing old",
                    "completed applied", "failed contradiction",
                ])
            let actions: [String] = try await fixture.database.rows("SELECT action FROM audit_log ORDER BY seq")
                .map { try $0("action") }
            #expect(actions.filter { $0 == "payout.contradicted" }.count == 2)
            #expect(try await fixture.finance.hear(Self.message(.failed), about: PayoutID(UUID())) == nil)
        }
    }

    @Test("the sum of the transactions is the balance, whatever happens in whatever order", arguments: [1, 2, 3])
    func property(seed: UInt64) async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.setDetails()
            var random = SplitMix(seed)
            var open: [PayoutID] = []
            var expected: Int64 = 0
            for step in 0..<60 {
                switch random.next() % 6 {
                case 0, 1, 2:
                    let units = Int64(random.next() % 500_000) + 1
                    expected += units
                    try await fixture.earn(Money(minorUnits: units, .rub).text, id: "s\(step)")
                case 3:
                    let units = Int64(random.next() % 100_000) + 1
                    expected -= units
                    _ = try await fixture.finance.record(
                        [try fixture.entry("r\(step)", .refund, "-\(Money(minorUnits: units, .rub).text)")], from: "p")
                case 4:
                    let amount = Money(minorUnits: 100_000 + Int64(random.next() % 400_000), .rub)
                    if let answer = try? await fixture.request(amount.text, key: "\(step)") {
                        open.append(answer.payout.id)
                    }
                default:
                    guard let id = open.popLast() else { continue }
                    let end = random.next() % 3
                    if end == 0 {
                        _ = try await fixture.finance.cancel(id, of: fixture.mine)
                    } else {
                        let order = try #require(try await fixture.finance.handOver(id))
                        if end == 1 { expected -= order.amount.minorUnits }
                        _ = try await fixture.finance.hear(Self.message(end == 1 ? .completed : .failed), about: id)
                    }
                }
                guard let balance = try await fixture.finance.balances(of: fixture.mine).balances.first else {
                    continue
                }
                #expect(balance.total.minorUnits == expected)
                #expect(
                    balance.available.minorUnits + balance.pending.minorUnits + balance.reserved.minorUnits == expected)
            }
            let all = try await fixture.finance.transactions(of: fixture.mine, LedgerFilter(), .before(nil), limit: 200)
            #expect(all.reduce(0) { $0 + $1.amount.minorUnits } == expected)
        }
    }
}

/// Sebastiano Vigna's splitmix64.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
