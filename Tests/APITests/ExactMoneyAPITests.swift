import API
import Content
import Finance
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Money from end to end")
struct ExactMoneyAPITests {
    /// What follows a name in a JSON text, as it was written.
    private static func lexeme(_ name: String, _ answer: Answer) -> String? {
        let text = String(decoding: answer.bytes, as: UTF8.self)
        guard let start = text.firstRange(of: "\"\(name)\":") else { return nil }
        return String(text[start.upperBound...].prefix { !",}]".contains($0) })
    }

    @Test(
        "FI-1, FI-2, PR-1: ten times ten kopecks is a rouble on the wire, in the ledger and back, and so are thirty billions"
    )
    func ledger() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            // 0.1 ten times is not 1 in binary fractions.
            for number in 0..<10 { try await api.earn("0.10", of: admin, id: "a\(number)") }
            let one = try await api.call(.GET, "/finance/balance", as: admin.caller)
            #expect(Self.lexeme("available", one) == "1.00")
            for number in 0..<3 { try await api.earn("9999999999.99", of: admin, id: "b\(number)") }
            try await api.earn("-0.04", of: admin, type: "fee", id: "c")
            let balance = try await api.call(.GET, "/finance/balance", as: admin.caller)
            #expect(Self.lexeme("available", balance) == "30000000000.93")
            let sum = try await api.database.row("SELECT sum(amount)::text AS sum FROM finance_transactions")
            #expect(try sum?("sum") == "30000000000.9300")
            let newest = try await api.call(.GET, "/finance/transactions?limit=1", as: admin.caller)
            #expect(Self.lexeme("amount", newest) == "-0.04")
            // JSON numbers are read by their digits, too.
            let service = try api.paymentService()
            let entry = """
                {"entries":[{"entry_id":"d","developer_id":"\(admin.developer)","type":"sale","amount":19.99,\
                "currency":"RUB","occurred_at":"2026-11-01T10:00:00Z"}]}
                """
            let recorded = try await api.call(
                .POST, "/internal/v1/ledger/entries", as: service, bytes: Array(entry.utf8),
                headers: [("content-type", "application/json")])
            #expect(recorded.status == 200)
            let last = try await api.call(.GET, "/finance/balance", as: admin.caller)
            #expect(Self.lexeme("total", last) == "30000000020.92")
        }
    }

    @Test("FI-10: payment for services of the platform is an entry of its own, and takes from the balance")
    func serviceFee() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            try await api.earn("1000.00", of: admin, id: "s")
            try await api.earn("-99.90", of: admin, type: "service_fee", id: "f")
            let list = try await api.call(.GET, "/finance/transactions?type=service_fee", as: admin.caller)
            #expect(list.json["items"].items.count == 1 && Self.lexeme("amount", list) == "-99.90")
            let balance = try await api.call(.GET, "/finance/balance", as: admin.caller)
            #expect(Self.lexeme("available", balance) == "900.10")
        }
    }

    @Test("EP-30: payouts are listed newest first with their status, when they ended, and page by page")
    func payouts() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            #expect(try await api.call(.GET, "/finance/payouts", as: admin.caller).json["items"] == [])
            _ = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: APIHarness.details)
            try await api.earn("9000.00", of: admin)
            var ids: [String] = []
            for number in 1...4 {
                let made = try await api.call(
                    .POST, "/finance/payouts", as: admin.caller, json: ["amount": .string("\(1000 + number).00")])
                ids.append(try #require(made.json["payout_id"].text))
            }
            _ = try await api.call(.POST, "/finance/payouts/\(ids[0])/cancel", as: admin.caller)
            let id = try #require(PayoutID(ids[1]))
            _ = try await api.services.finance.handOver(id)
            _ = try await api.call(
                .POST, "/internal/v1/payouts/\(ids[1])/status", as: try api.paymentService(),
                json: ["status": "completed", "message_id": "1"])
            var seen: [JSONValue] = [], path = "/finance/payouts?limit=3"
            for _ in 0..<3 {
                let page = try await api.call(.GET, path, as: admin.caller)
                seen += page.json["items"].items
                guard let cursor = page.json["next_cursor"].text else { break }
                path = "/finance/payouts?limit=3&cursor=\(cursor)"
            }
            #expect(seen.map { $0["payout_id"].text } == ids.reversed())
            #expect(seen.map { $0["status"].text } == ["requested", "requested", "completed", "failed"])
            #expect(seen.map { $0["processed_at"] == .null } == [true, true, false, false])
            let completed = try await api.call(.GET, "/finance/payouts?status=completed", as: admin.caller)
            #expect(completed.json["items"].items.count == 1)
            let developer = try await api.member(.developer, of: admin.developer)
            #expect(try await api.call(.GET, "/finance/payouts", as: developer.caller).status == 403)
        }
    }
}
