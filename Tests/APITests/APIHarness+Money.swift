import API
import Access
import Accounts
import Analytics
import AsyncHTTPClient
import Content
import Envelope
import Finance
import FoundationEssentials
import JobLifecycle
import NIOHTTP1
import Platform
import Postgres
import Storefront
import Testing

extension APIHarness {
    /// An address where nobody listens.
    static let nowhere = "http://127.0.0.1:9"

    static func finance(
        _ database: Database, cooldown: Duration = PayoutPolicy.standard.cooldown, requiresSecondPerson: Bool = true
    ) throws -> Finance {
        var policy = PayoutPolicy.standard
        policy.cooldown = cooldown
        policy.requiresSecondPerson = requiresSecondPerson
        return Finance(
            database: database, policy: policy,
            keys: try KeyRing(file: "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), observer: NoPayoutObserver())
    }

    static func analytics(_ database: Database, at url: String) -> Analytics {
        var configuration = ServiceClient.Configuration(name: "analytics", url: url, credentials: .token("secret"))
        configuration.plan = .once(within: .seconds(2))
        return Analytics(
            database: database,
            client: AnalyticsClient(ServiceClient(configuration, http: HTTPClient.shared)), policy: .standard,
            observer: NoReportObserver())
    }

    /// A company that the platform has checked.
    func verifiedCompany(_ name: String = "Studio") async throws -> Member {
        let member = try await self.company(name)
        _ = try await self.services.accounts.decide(.verify, reason: nil, on: member.developer)
        return member
    }

    /// What tells us of sales and payouts.
    func paymentService() throws -> Caller { try self.service(.ledgerWrite, .payoutsSettle) }

    static let details: JSONValue = [
        "legal_form": "legal_entity", "recipient_name": "ООО «Пример»", "inn": "7707083893", "kpp": "773601001",
        "ogrn": "1027700132195", "bank_name": "ПАО Сбербанк", "bik": "044525225",
        "account_number": "40702810938000000001",
    ]

    /// Gives a company money, as Payment Service does.
    func earn(_ amount: String, of member: Member, type: String = "sale", id: String = UUID().uuidString) async throws {
        let answer = try await self.call(
            .POST, "/internal/v1/ledger/entries", as: try self.paymentService(),
            json: [
                "entries": [
                    [
                        "entry_id": .string(id), "developer_id": .string(member.developer.description),
                        "type": .string(type), "amount": .string(amount), "currency": "RUB",
                        "occurred_at": "2026-11-01T10:00:00Z",
                    ]
                ]
            ])
        #expect(answer.status == 200, "\(answer.json)")
    }
}
