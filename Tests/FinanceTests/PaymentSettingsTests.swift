import Content
import Envelope
import Finance
import FoundationEssentials
import Postgres
import Storefront
import Testing

@Suite("Payout details")
struct PaymentSettingsTests {
    private static let account = "40702810938000000001"

    @Test("FI-3: details come back as they were, and no byte of the database tells them")
    func sealed() async throws {
        try await FinanceFixture.run { fixture in
            #expect(try await fixture.finance.details(of: fixture.mine) == nil)
            try await fixture.setDetails()
            let (details, settings) = try #require(try await fixture.finance.details(of: fixture.mine))
            #expect(try details == FinanceFixture.details() && settings.version == 1 && settings.accountHint == "0001")
            try await fixture.earn("5000.00")
            _ = try await fixture.finance.handOver(try await fixture.request("1000.00").payout.id)
            let dump = try await Self.dump(fixture.database)
            #expect(dump.contains("0001") && dump.contains("payment_settings.changed"))
            for secret in [Self.account, "7707083893", "773601001", "1027700132195", "044525225", "Пример", "Сбербанк"]
            {
                #expect(!dump.contains(secret), "\(secret)")
                let hex = Hexadecimal.encode(Array(secret.utf8))
                #expect(!dump.contains(hex), "\(secret)")
            }
        }
    }

    @Test("SE-3: a row's ciphertext opens in its own row and column only")
    func bound() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.setDetails()
            _ = try await fixture.finance.updateDetails(of: fixture.theirs, by: nil, ifVersion: nil) { _ in
                try FinanceFixture.details(account: "40702810238000000002")
            }
            for change: SQL in [
                "UPDATE developer_payment_settings SET inn = kpp WHERE developer_id = \(fixture.mine)",
                """
                UPDATE developer_payment_settings AS mine
                SET account_number = theirs.account_number, wrapped_key = theirs.wrapped_key, inn = theirs.inn
                FROM developer_payment_settings AS theirs
                WHERE mine.developer_id = \(fixture.mine) AND theirs.developer_id = \(fixture.theirs)
                """,
            ] {
                try await fixture.database.execute(change)
                await #expect(throws: EnvelopeError.tampered) {
                    try await fixture.finance.details(of: fixture.mine)
                }
            }
        }
    }

    @Test("SE-3: keys are wrapped anew under a new key without touching what they seal")
    func rotation() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.setDetails()
            let renewed = Finance(
                database: fixture.database, policy: .standard, keys: try KeyRing(file: FinanceFixture.newKeys),
                observer: NoPayoutObserver())
            #expect(try await renewed.details(of: fixture.mine)?.details == FinanceFixture.details())
            #expect(try await renewed.rewrapKeys(limit: 10) == 1)
            #expect(try await renewed.rewrapKeys(limit: 10) == 0)
            #expect(try await renewed.details(of: fixture.mine)?.details == FinanceFixture.details())
            await #expect(throws: EnvelopeError.unknownKey(id: "k2")) {
                try await fixture.finance.details(of: fixture.mine)
            }
        }
    }

    @Test("EP-33: a change is a new version; the same again is none; a stale one is refused")
    func versions() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.setDetails()
            try await fixture.setDetails()
            #expect(try await fixture.finance.details(of: fixture.mine)?.settings.version == 1)
            await #expect(throws: FinanceError.stale(current: 1)) {
                try await fixture.finance.updateDetails(of: fixture.mine, by: nil, ifVersion: 0) { _ in
                    try FinanceFixture.details()
                }
            }
            let changed = try await fixture.finance.updateDetails(of: fixture.mine, by: nil, ifVersion: 1) { current in
                #expect(try current == FinanceFixture.details())
                return try FinanceFixture.details(account: "40702810238000000002")
            }
            #expect(changed.settings.version == 2 && changed.settings.accountHint == "0002")
        }
    }

    @Test("B12: after the money was sent elsewhere nothing is paid out for a while, and a payout keeps its own details")
    func cooldown() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("5000.00")
            try await fixture.setDetails()
            let before = try await fixture.request("1000.00").payout
            _ = try await fixture.finance.updateDetails(of: fixture.mine, by: nil, ifVersion: nil) { _ in
                try FinanceFixture.details(account: "40702810238000000002")
            }
            await #expect(throws: FinanceError.approvalNeeded(version: 2)) { try await fixture.request("1000.00") }
            let approver = PaymentApprover.user(UserID(UUID()))
            let approved = try await fixture.finance.approveDetails(of: fixture.mine, version: 2, by: approver)
            #expect(approved?.approval.state == .approved && fixture.observer.approved == [.pending, .approved])
            do {
                _ = try await fixture.request("1000.00")
                Issue.record("paid out at once")
            } catch FinanceError.cooldown(let until) {
                #expect(until > Date().addingTimeInterval(86_000))
            }
            #expect(try await fixture.finance.handOver(before.id)?.details.account.text == Self.account)
            try await fixture.database.execute(
                "UPDATE developer_payment_settings SET created_at = now() - interval '2 days'")
            #expect(try await fixture.request("1000.00").payout.accountHint == "0002")
        }
    }

    @Test("DB-7: erased details are noise, and payouts need new ones")
    func erasure() async throws {
        try await FinanceFixture.run { fixture in
            try await fixture.earn("5000.00")
            try await fixture.setDetails()
            try await fixture.database.transaction { transaction in
                try await fixture.finance.eraseDetails(of: fixture.mine, in: transaction)
            }
            await #expect(throws: FinanceError.detailsErased) { try await fixture.finance.details(of: fixture.mine) }
            await #expect(throws: FinanceError.detailsErased) { try await fixture.request("1000.00") }
        }
    }

    /// Every row of every table as text.
    private static func dump(_ database: Database) async throws -> String {
        let tables: [String] = try await database.rows(
            """
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name LIMIT 500
            """
        ).map { try $0("table_name") }
        var dump = ""
        for table in tables {
            let rows: [String] = try await database.rows(
                "SELECT row_to_json(line)::text AS line FROM \(identifier: table) AS line LIMIT 10000"
            ).map { try $0("line") }
            dump += rows.joined(separator: "\n")
        }
        return dump
    }
}
