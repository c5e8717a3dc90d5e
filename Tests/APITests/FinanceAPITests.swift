import API
import Content
import Finance
import FoundationEssentials
import NIOHTTP1
import Postgres
import Storefront
import Testing

@Suite("Money over HTTP")
struct FinanceAPITests {
    @Test("EP-28: the balance is there from the first day, and for those who may see it")
    func balance() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let empty = try await api.call(.GET, "/finance/balance", as: admin.caller)
            #expect(empty.status == 200 && empty.json["balances"].items.count == 1)
            #expect(empty.json["balances"][0].description.contains("\"available\":0.00"))
            try await api.earn("1500.50", of: admin)
            try await api.earn("-0.50", of: admin, type: "fee")
            let balance = try await api.call(.GET, "/finance/balance", as: admin.caller).json["balances"][0]
            #expect(balance.description.contains("\"available\":1500.00") && balance["currency"].text == "RUB")
            for (role, status) in [(Role.developer, 403), (.marketing, 403), (.finance, 200)] {
                let member = try await api.member(role, of: admin.developer)
                #expect(try await api.call(.GET, "/finance/balance", as: member.caller).status == status)
            }
        }
    }

    @Test("EP-29: the transactions add up to the balance, page by page, and can be followed by number")
    func transactions() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            for number in 1...7 { try await api.earn("\(number).01", of: admin, id: "s\(number)") }
            try await api.earn("-1.00", of: admin, type: "refund", id: "r1")
            var seqs: [Int64] = [], kopecks: Int64 = 0, path = "/finance/transactions?limit=3"
            for _ in 0..<5 {
                let page = try await api.call(.GET, path, as: admin.caller)
                for item in page.json["items"].items {
                    seqs.append(item["seq"].number ?? 0)
                    kopecks += try Money(item["amount"], .rub).minorUnits
                }
                guard let cursor = page.json["next_cursor"].text else { break }
                path = "/finance/transactions?limit=3&cursor=\(cursor)"
            }
            #expect(seqs == [8, 7, 6, 5, 4, 3, 2, 1] && kopecks == 2707)
            let followed = try await api.call(.GET, "/finance/transactions?since_seq=6", as: admin.caller)
            #expect(followed.json["items"].items.map { $0["seq"].number } == [7, 8])
            let refunds = try await api.call(.GET, "/finance/transactions?type=refund,fee", as: admin.caller)
            #expect(refunds.json["items"].items.count == 1 && refunds.json["items"][0]["entry_id"].text == "r1")
            #expect(
                try await api.call(.GET, "/finance/transactions?from=2026-11-01&to=2026-11-01", as: admin.caller)
                    .json["items"].items.count == 8)
            #expect(
                try await api.call(.GET, "/finance/transactions?to=2026-10-31", as: admin.caller).json["items"] == [])
            for bad in ["type=gift", "from=2026-11-02&to=2026-11-01", "since_seq=-1", "currency=RU", "from=x"] {
                #expect(
                    try await api.call(.GET, "/finance/transactions?\(bad)", as: admin.caller).status == 422, "\(bad)")
            }
            let stranger = try await api.verifiedCompany()
            #expect(try await api.call(.GET, "/finance/transactions", as: stranger.caller).json["items"] == [])
        }
    }

    @Test("EP-31, FI-8, FI-9: a payout is asked for, asked for again, and refused, each by the rules")
    func payout() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            func post(_ amount: JSONValue, _ headers: [(String, String)] = [], currency: JSONValue? = nil) async throws
                -> Answer
            {
                var body = JSONObject([("amount", amount)])
                body["currency"] = currency
                return try await api.call(
                    .POST, "/finance/payouts", as: admin.caller, json: .object(body), headers: headers)
            }
            let below = try await post("999.99")
            #expect(below.status == 422 && below.code == "payout-below-minimum")
            #expect(below.json["minimum"]["amount"].text == "1000.00")
            #expect(try await post("1000").code == "payout-details-missing")
            #expect(
                try await api.call(.PUT, "/finance/settings", as: admin.caller, json: APIHarness.details).status == 200)
            let poor = try await post("1000")
            #expect(poor.status == 409 && poor.code == "insufficient-funds")
            try await api.earn("5000.00", of: admin)

            let made = try await post(.number(JSONNumber(1500)), [("idempotency-key", "\"a\"")])
            #expect(
                made.status == 201 && made.json["status"].text == "requested" && made.json["currency"].text == "RUB")
            let id = try #require(made.json["payout_id"].text)
            #expect(made.header("location") == "/api/v1/developer/finance/payouts/\(id)")
            let again = try await post("1500.00", [("idempotency-key", "a")])
            #expect(again.status == 201 && again.json["payout_id"].text == id)
            #expect(again.header("idempotency-replayed") == "true")
            let other = try await post("1500.01", [("idempotency-key", "a")])
            #expect(other.status == 422 && other.code == "idempotency-key-reused")
            let click = try await post("1000.00"), double = try await post("1000.00")
            #expect(click.status == 201 && double.status == 200)
            #expect(click.json["payout_id"] == double.json["payout_id"])
            for (amount, currency) in [
                ("1000.00", "RU"), ("1000.00", "rub"), ("1000.001", "RUB"), ("-1000", "RUB"), ("0", "RUB"),
                ("1e3", "RUB"), ("10000000000.00", "RUB"), ("1000.00", "USD"), ("x", "RUB"),
            ] as [(JSONValue, JSONValue)] {
                #expect(try await post(amount, currency: currency).status == 422, "\(amount) \(currency)")
            }
            #expect(try await post(true).status == 422)

            let list = try await api.call(.GET, "/finance/payouts?limit=1", as: admin.caller)
            #expect(list.json["items"][0]["payout_id"] == click.json["payout_id"] && list.header("link") != nil)
            #expect(try await api.call(.GET, "/finance/payouts?status=failed", as: admin.caller).json["items"] == [])
            let stranger = try await api.verifiedCompany()
            #expect(try await api.call(.GET, "/finance/payouts/\(id)", as: stranger.caller).status == 404)
            let developer = try await api.member(.developer, of: admin.developer)
            #expect(
                try await api.call(.POST, "/finance/payouts", as: developer.caller, json: ["amount": 1000]).status
                    == 403)
        }
    }

    @Test("AMB-05: a company nobody has checked is paid nothing")
    func unverified() async throws {
        try await APIHarness.run { api in
            let admin = try await api.company()
            let answer = try await api.call(.POST, "/finance/payouts", as: admin.caller, json: ["amount": "1000.00"])
            #expect(answer.status == 403 && answer.code == "company-not-verified")
        }
    }

    @Test("FI-6, FI-7: Payment Service moves a payout; what comes late or twice moves nothing")
    func messages() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            _ = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: APIHarness.details)
            try await api.earn("5000.00", of: admin)
            let made = try await api.call(.POST, "/finance/payouts", as: admin.caller, json: ["amount": "2000.00"])
            let id = try #require(made.json["payout_id"].text)
            _ = try await api.services.finance.handOver(try #require(PayoutID(id)))
            func say(_ status: JSONValue, _ message: JSONValue, as caller: Caller) async throws -> Answer {
                try await api.call(
                    .POST, "/internal/v1/payouts/\(id)/status", as: caller,
                    json: ["status": status, "message_id": message, "reference": "P-7", "reason": "late"])
            }
            let service = try api.paymentService()
            #expect(try await say("completed", "1", as: admin.caller).status == 403)
            #expect(try await say("paid", "1", as: service).status == 422)
            #expect(try await say("completed", "1", as: service).json["applied"] == true)
            #expect(try await say("completed", "1", as: service).json["verdict"].text == "old")
            let late = try await say("failed", "2", as: service)
            #expect(late.status == 200 && late.json["verdict"].text == "contradiction")
            let read = try await api.call(.GET, "/finance/payouts/\(id)", as: admin.caller)
            #expect(read.json["status"].text == "completed" && read.json["processed_at"].text != nil)
            #expect(read.json["history"].items.count == 4 && read.json["reference"].text == "P-7")
            let balance = try await api.call(.GET, "/finance/balance", as: admin.caller).json["balances"][0]
            #expect(balance.description.contains("\"available\":3000.00,\"pending\":0.00,\"reserved\":0.00"))
            let gone = try await api.call(.POST, "/finance/payouts/\(id)/cancel", as: admin.caller)
            #expect(gone.status == 409 && gone.json["current"].text == "completed" && gone.json["allowed"] == [])
        }
    }

    @Test("a payout is cancelled before it is handed over, once for all")
    func cancel() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            _ = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: APIHarness.details)
            try await api.earn("1000.00", of: admin)
            let made = try await api.call(.POST, "/finance/payouts", as: admin.caller, json: ["amount": "1000.00"])
            let path = "/finance/payouts/\(try #require(made.json["payout_id"].text))/cancel"
            for _ in 0..<2 {
                let cancelled = try await api.call(.POST, path, as: admin.caller)
                #expect(cancelled.status == 200 && cancelled.json["failure_reason"].text == "cancelled")
            }
            let balance = try await api.call(.GET, "/finance/balance", as: admin.caller).json["balances"][0]
            #expect(balance.description.contains("\"available\":1000.00"))
        }
    }

    @Test("EP-32, EP-33, FI-3: details are checked digit by digit, shown masked, and logged nowhere")
    func settings() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let empty = try await api.call(.GET, "/finance/settings", as: admin.caller)
            #expect(empty.status == 200 && empty.json["configured"] == false && empty.json["account_number"] == .null)
            var wrong = try #require(APIHarness.details.asObject)
            wrong["inn"] = "7707083894"
            wrong["account_number"] = "40702810838000000001"
            wrong["bik"] = "04452522"
            let refused = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: .object(wrong))
            #expect(refused.status == 422)
            #expect(Set(refused.json["errors"].items.map { $0["pointer"].text }) == ["/inn", "/bik"])
            #expect(!refused.json.description.contains("40702810838000000001"))
            let set = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: APIHarness.details)
            #expect(set.status == 200 && set.json["account_number"].text == "****************0001")
            let read = try await api.call(.GET, "/finance/settings", as: admin.caller)
            #expect(read.json == set.json && read.header("etag") == "\"r1\"")
            let masked = try await api.call(
                .PUT, "/finance/settings", as: admin.caller,
                json: ["account_number": "****************0001", "bank_name": "Сбер"], headers: [("if-match", "\"r1\"")]
            )
            #expect(masked.json["bank_name"].text == "Сбер" && masked.json["version"].number == 2)
            let stale = try await api.call(
                .PUT, "/finance/settings", as: admin.caller, json: ["bank_name": "X"], headers: [("if-match", "\"r1\"")]
            )
            #expect(stale.status == 412)
            #expect(
                try await api.call(.PUT, "/finance/settings", as: admin.caller, json: ["kpp": .null]).status == 422)
            let developer = try await api.member(.developer, of: admin.developer)
            #expect(try await api.call(.GET, "/finance/settings", as: developer.caller).status == 403)
            let log = api.log.text
            #expect(!log.contains("40702810938000000001") && !log.contains("7707083893") && !log.isEmpty)
        }
    }

    @Test("FI-1: entries are refused with everything that is wrong with them, and only services may send any")
    func entries() async throws {
        try await APIHarness.run { api in
            let admin = try await api.verifiedCompany()
            let service = try api.paymentService()
            func post(_ entries: JSONValue, as caller: Caller) async throws -> Answer {
                try await api.call(.POST, "/internal/v1/ledger/entries", as: caller, json: ["entries": entries])
            }
            let developer = JSONValue.string(admin.developer.description)
            let good: JSONValue = [
                "entry_id": "1", "developer_id": developer, "type": "sale", "amount": "10.50", "currency": "RUB",
                "occurred_at": "2026-11-01T10:00:00Z", "game_id": .null,
            ]
            #expect(try await post([good], as: admin.caller).status == 403)
            #expect(try await post([good, good], as: service).json == ["recorded": 1, "repeated": 1])
            #expect(try await post([good], as: service).json == ["recorded": 0, "repeated": 1])
            let bad = try await post(
                [
                    ["entry_id": "", "developer_id": "x", "type": "payout", "amount": "1", "currency": "RUB"],
                    [
                        "entry_id": "2", "developer_id": developer, "type": "refund", "amount": "1.00",
                        "currency": "RUB",
                        "occurred_at": "yesterday",
                    ], 7,
                ], as: service)
            #expect(bad.status == 422)
            #expect(
                Set(bad.json["errors"].items.compactMap { $0["pointer"].text }) == [
                    "/entries/0/entry_id", "/entries/0/developer_id", "/entries/0/type", "/entries/0/occurred_at",
                    "/entries/1/amount", "/entries/1/occurred_at", "/entries/2",
                ])
            var other = try #require(good.asObject)
            other["amount"] = "10.51"
            let conflict = try await post([.object(other)], as: service)
            #expect(
                conflict.status == 409 && conflict.code == "entry-conflict" && conflict.json["entry_id"].text == "1")
            other["entry_id"] = "9"
            other["developer_id"] = .string(UUID().uuidString)
            let unknown = try await post([.object(other)], as: service)
            #expect(unknown.json["errors"][0]["pointer"].text == "/entries/0/developer_id")
            #expect(try await post([], as: service).status == 422)
        }
    }
}

extension JSONValue {
    var asObject: JSONObject? { if case .object(let object) = self { object } else { nil } }
}
