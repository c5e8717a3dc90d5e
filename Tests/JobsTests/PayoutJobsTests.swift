import AsyncHTTPClient
import Content
import Envelope
import Finance
import FoundationEssentials
import JobLifecycle
import JobQueue
import Platform
import Postgres
import Storefront
import TestKit
import Testing

@testable import Jobs

@Suite("Payouts on their way")
struct PayoutJobsTests {
    private struct Fixture: Sendable {
        let finance: Finance
        let payment: PaymentClient
        let database: Database
        let queue: JobQueue
        let developer: DeveloperID
        let stub: HTTPStub

        var sender: SendPayoutHandler { SendPayoutHandler(finance: self.finance, payment: self.payment) }

        func requested() async throws -> PayoutID {
            try await self.finance.request(
                PayoutRequest(
                    developer: self.developer, user: nil, amount: try Money("1000.00", .rub), key: UUID().uuidString)
            ).payout.id
        }

        func status(_ id: PayoutID) async throws -> PayoutRecord {
            try #require(try await self.finance.payout(id, of: self.developer))
        }

        var available: String {
            get async throws {
                try await self.finance.balances(of: self.developer).balances.first?.available.text ?? ""
            }
        }
    }

    private static let attempt = Attempt(
        job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)

    private static func run(
        _ script: @escaping HTTPStub.Script, _ body: @Sendable (Fixture) async throws -> Void
    ) async throws {
        try await withMigratedDatabase { url in
            let database = Database(DatabaseConfiguration(url: url, maxConnections: 6))
            let queue = JobQueue(database: database)
            let facts = MoneyFacts(
                events: Events(outbox: Outbox(database: database), queue: queue), queue: queue,
                handOverDelay: .seconds(60))
            let finance = Finance(
                database: database, policy: .standard,
                keys: try KeyRing(file: "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), observer: facts)
            let developer = DeveloperID(UUID())
            try await database.execute(
                """
                INSERT INTO developers (developer_id, company_name, verification_status)
                VALUES (\(developer), 'A', 'verified')
                """)
            var draft = PayoutDetails.Draft()
            draft.form = .individual
            draft.recipient = "Иван Петров"
            draft.inn = "500100732259"
            draft.bankName = "Банк"
            draft.bik = "044525225"
            draft.accountNumber = "40702810938000000001"
            let details = try PayoutDetails(draft)
            _ = try await finance.updateDetails(of: developer, by: nil, ifVersion: nil) { _ in details }
            _ = try await finance.record(
                [
                    LedgerEntry(
                        sourceID: "s", developer: developer, type: .sale, amount: try Money("5000.00", .rub), game: nil,
                        description: nil, occurredAt: Date(), availableAt: Date().addingTimeInterval(-1))
                ], from: "test")
            try await HTTPStub.run(script) { address, stub in
                var configuration = ServiceClient.Configuration(
                    name: "payment", url: address, credentials: .token("secret"))
                configuration.plan = .once(within: .seconds(5))
                configuration.breaker = BreakerState(threshold: 100, rest: .seconds(1))
                try await body(
                    Fixture(
                        finance: finance, payment: PaymentClient(ServiceClient(configuration, http: .shared)),
                        database: database, queue: queue, developer: developer, stub: stub))
            }
            await database.close()
        }
    }

    @Test(
        "FI-5, IN-2: Payment Service gets who, how much and where to, under the payout's own key, however often it is sent"
    )
    func sends() async throws {
        try await Self.run({ _ in .init(status: 202, #"{"status":"processing","reference":"P-1"}"#) }) { fixture in
            let id = try await fixture.requested()
            for _ in 0..<2 {
                _ = try await fixture.sender.perform(SendPayout(payout: id), attempt: Self.attempt)
            }
            #expect(fixture.stub.calls.count == 2)
            for call in fixture.stub.calls {
                #expect(call.method == "POST" && call.target == "/v1/payouts")
                #expect(call.headers["idempotency-key"] == id.description)
                let body = try JSONParser.parse(call.body)
                guard case .object(let object) = body, case .object(let details)? = object["details"] else {
                    Issue.record("no details")
                    return
                }
                #expect(object["payout_id"] == .string(id.description))
                #expect(object["developer_id"] == .string(fixture.developer.description))
                #expect(object["amount"] == "1000.00" && object["currency"] == "RUB")
                #expect(details["account_number"] == "40702810938000000001" && details["inn"] == "500100732259")
            }
            #expect(try await fixture.status(id).status == .processing)
            // What is enqueued and told never says where the money goes.
            let texts: [String] = try await fixture.database.rows(
                "SELECT payload::text AS text FROM job UNION ALL SELECT data::text FROM outbox"
            ).map { try $0("text") }
            #expect(texts.count >= 3 && !texts.contains { $0.contains("4070281") || $0.contains("0001\"") })
        }
    }

    @Test("FI-7: a plain no gives the money back; an answer that says nothing certain does not")
    func refusals() async throws {
        try await Self.run({ _ in .init(status: 422, #"{"code":"account-closed"}"#) }) { fixture in
            let id = try await fixture.requested()
            let outcome = try await fixture.sender.perform(SendPayout(payout: id), attempt: Self.attempt)
            guard case .completed(let recording?) = outcome else {
                Issue.record("not completed")
                return
            }
            try await fixture.database.transaction { try await recording($0) }
            let failed = try await fixture.status(id)
            #expect(failed.status == .failed && failed.failureReason == "account-closed")
            #expect(try await fixture.available == "5000.00")

            for status in [401, 404, 409, 429, 500] {
                fixture.stub.script { _ in .init(status: status, "{}") }
                let unclear = try await fixture.requested()
                await #expect(throws: ServiceError.self) {
                    try await fixture.sender.perform(SendPayout(payout: unclear), attempt: Self.attempt)
                }
                #expect(try await fixture.status(unclear).status == .processing, "\(status)")
                _ = try await fixture.finance.hear(
                    PayoutMessage(.failed, id: nil, source: "test", reason: "x", reference: nil, details: nil),
                    about: unclear)
            }
        }
    }

    @Test("FI-6: a lost message is made up for by asking; a payout nobody took is sent again")
    func polling() async throws {
        try await Self.run({ _ in .init(status: 202, #"{"status":"processing"}"#) }) { fixture in
            let paid = try await fixture.requested(), lost = try await fixture.requested()
            for id in [paid, lost] { _ = try await fixture.finance.handOver(id) }
            try await fixture.database.execute(
                "UPDATE developer_payouts SET handed_over_at = now() - interval '1 hour'")
            try await fixture.database.execute("DELETE FROM job_ready")
            fixture.stub.script { call in
                call.target.hasSuffix(paid.description)
                    ? .init(#"{"status":"completed","reference":"P-9","details":{"fee":"0.00"}}"#)
                    : .init(status: 404, "{}")
            }
            let handler = PollPayoutsHandler(
                finance: fixture.finance, payment: fixture.payment, queue: fixture.queue)
            for _ in 0..<2 { _ = try await handler.perform(PollPayouts(), attempt: Self.attempt) }
            let settled = try await fixture.status(paid)
            #expect(settled.status == .completed && settled.reference == "P-9")
            let again: [String] = try await fixture.database.rows(
                "SELECT payload->>'payout' AS payout FROM job JOIN job_ready USING (id) WHERE kind = 'send-payout'"
            ).map { try $0("payout") }
            #expect(again == [lost.description])
        }
    }

    @Test("a payout waits where no Payment Service is configured")
    func noService() async throws {
        try await Self.run({ _ in .init("{}") }) { fixture in
            let id = try await fixture.requested()
            let handler = SendPayoutHandler(finance: fixture.finance, payment: nil)
            guard case .snoozed = try await handler.perform(SendPayout(payout: id), attempt: Self.attempt) else {
                Issue.record("not snoozed")
                return
            }
            #expect(try await fixture.status(id).status == .requested)
        }
    }

    @Test("FI-1: the feed is read page by page, each entry once, and goes on where it stopped")
    func feed() async throws {
        try await Self.run({ _ in .init("{}") }) { fixture in
            let developer = fixture.developer
            fixture.stub.script { call in
                let start = Int(call.query["after"] ?? "0") ?? 0
                let entries = (start..<min(start + 2, 5)).map { number in
                    """
                    {"entry_id":"f\(number)","developer_id":"\(developer)","type":"sale","amount":"10.0\(number)",
                     "currency":"RUB","occurred_at":"2026-11-01T10:00:00Z"}
                    """
                }
                return .init(
                    "{\"entries\":[\(entries.joined(separator: ","))],\"next_cursor\":\"\(min(start + 2, 5))\"}")
            }
            let handler = PollLedgerHandler(finance: fixture.finance, payment: fixture.payment)
            _ = try await handler.perform(PollLedger(), attempt: Self.attempt)
            #expect(try await fixture.available == "5050.10")
            let asked = fixture.stub.calls.count
            _ = try await handler.perform(PollLedger(), attempt: Self.attempt)
            #expect(fixture.stub.calls.count == asked + 1 && fixture.stub.calls.last?.query["after"] == "5")
            #expect(try await fixture.available == "5050.10")
            fixture.stub.script { _ in .init(#"{"entries":[{"entry_id":"x"}],"next_cursor":"6"}"#) }
            await #expect(throws: ServiceError.self) {
                try await handler.perform(PollLedger(), attempt: Self.attempt)
            }
        }
    }
}
