import API
import Content
import Finance
import FoundationEssentials
import NIOHTTP1
import Platform
import Postgres
import Storefront
import Testing

/// B12: where the money goes is changed by one person and approved by another.
@Suite("Approval of payout details over HTTP")
struct PaymentApprovalAPITests {
    private static let path = "/finance/settings/approve"
    private static let elsewhere: JSONValue = ["account_number": "40702810238000000002"]

    /// A company with money whose first details are there.
    private static func company(_ api: APIHarness) async throws -> Member {
        let admin = try await api.verifiedCompany()
        _ = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: APIHarness.details)
        try await api.earn("9000.00", of: admin)
        return admin
    }

    private static func run(_ body: @Sendable (APIHarness) async throws -> Void) async throws {
        try await APIHarness.run {
            // Without the rest after a change, so that the approval alone is seen.
            $0.finance = try APIHarness.finance($0.database, cooldown: .zero)
        } _: {
            try await body($0)
        }
    }

    @Test("B12, row 64: nothing is paid to a changed account until a second person approves these very details")
    func secondPerson() async throws {
        try await Self.run { api in
            let admin = try await Self.company(api)
            let finance = try await api.member(.finance, of: admin.developer)
            let first = try await api.call(.GET, "/finance/settings", as: admin.caller)
            #expect(first.json["approval"].text == "not_needed")
            #expect(
                try await api.call(.POST, "/finance/payouts", as: admin.caller, json: ["amount": "1000.00"]).status
                    == 201)

            let changed = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: Self.elsewhere)
            #expect(changed.status == 200 && changed.json["approval"].text == "pending", "\(changed.json)")
            #expect(changed.json["changed_by"].text == admin.user.description)
            let refused = try await api.call(
                .POST, "/finance/payouts", as: admin.caller, json: ["amount": "2000.00"])
            #expect(refused.status == 409 && refused.code == "payout-approval-needed")
            #expect(refused.json["version"].number == 2)

            // Not by oneself, not of something else, not by who may not.
            let own = try await api.call(.POST, Self.path, as: admin.caller, json: ["version": 2])
            #expect(own.status == 403 && own.code == "second-person-required")
            let stale = try await api.call(.POST, Self.path, as: finance.caller, json: ["version": 1])
            #expect(stale.status == 409 && stale.code == "approval-outdated" && stale.json["current"].number == 2)
            let developer = try await api.member(.developer, of: admin.developer)
            #expect(try await api.call(.POST, Self.path, as: developer.caller, json: ["version": 2]).status == 403)
            for bad in [[:], ["version": 0], ["version": "2"], ["version": true]] as [JSONValue] {
                let answer = try await api.call(.POST, Self.path, as: finance.caller, json: bad)
                #expect(answer.status == 422, "\(bad): \(answer.status)")
            }
            for _ in 0..<2 {
                let approved = try await api.call(.POST, Self.path, as: finance.caller, json: ["version": 2])
                #expect(approved.status == 200 && approved.json["approval"].text == "approved")
                #expect(approved.json["approved_by"].text == "user:\(finance.user)")
                #expect(approved.json["account_number"].text == "****************0002")
            }
            let paid = try await api.call(.POST, "/finance/payouts", as: admin.caller, json: ["amount": "2000.00"])
            #expect(paid.status == 201 && paid.json["account_hint"].text == "0002")

            let audit = try await api.call(.GET, "/audit?action=payment_settings", as: finance.caller).json["items"]
            #expect(
                audit.items.compactMap { $0["action"].text } == [
                    "payment_settings.approved", "payment_settings.changed", "payment_settings.changed",
                ])
        }
    }

    @Test("B12: who redirects the money approves nothing, though somebody else edited the details meanwhile")
    func laundering() async throws {
        try await Self.run { api in
            let admin = try await Self.company(api)
            let finance = try await api.member(.finance, of: admin.developer)
            let third = try await api.member(.admin, of: admin.developer)
            _ = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: Self.elsewhere)
            let edited = try await api.call(
                .PUT, "/finance/settings", as: finance.caller, json: ["bank_name": "Банк"])
            #expect(edited.json["approval"].text == "pending" && edited.json["version"].number == 3)
            for member in [admin, finance] {
                let answer = try await api.call(.POST, Self.path, as: member.caller, json: ["version": 3])
                #expect(answer.code == "second-person-required")
            }
            #expect(try await api.call(.POST, Self.path, as: third.caller, json: ["version": 3]).status == 200)
            // The next change begins anew: whoever approved the last one may be the one who changes.
            _ = try await api.call(
                .PUT, "/finance/settings", as: third.caller, json: ["account_number": "40702810938000000001"])
            #expect(try await api.call(.POST, Self.path, as: third.caller, json: ["version": 4]).status == 403)
            #expect(try await api.call(.POST, Self.path, as: finance.caller, json: ["version": 4]).status == 200)
        }
    }

    @Test("B12: for a company of one person the platform is the second, and sees no details")
    func platform() async throws {
        try await Self.run { api in
            let admin = try await Self.company(api)
            _ = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: Self.elsewhere)
            let path = "/internal/v1/developers/\(admin.developer)/payment-settings/approval"
            #expect(try await api.call(.POST, path, as: admin.caller, json: ["version": 2]).status == 403)
            let service = try api.service(.companiesVerify)
            let approved = try await api.call(.POST, path, as: service, json: ["version": 2])
            #expect(approved.status == 200 && approved.json["approved_by"].text == "platform:admin-service")
            #expect(!approved.json.description.contains("4070281023") && approved.json["inn"] == .null)
            #expect(
                try await api.call(.POST, "/finance/payouts", as: admin.caller, json: ["amount": "1000.00"]).status
                    == 201)
            let absent = "/internal/v1/developers/\(UUID())/payment-settings/approval"
            #expect(try await api.call(.POST, absent, as: service, json: ["version": 2]).status == 404)
        }
    }

    @Test("B12: where the operator wants no second person, a change needs none")
    func off() async throws {
        try await APIHarness.run {
            $0.finance = try APIHarness.finance($0.database, cooldown: .zero, requiresSecondPerson: false)
        } _: { api in
            let admin = try await Self.company(api)
            let changed = try await api.call(.PUT, "/finance/settings", as: admin.caller, json: Self.elsewhere)
            #expect(changed.json["approval"].text == "not_needed")
            #expect(
                try await api.call(.POST, "/finance/payouts", as: admin.caller, json: ["amount": "1000.00"]).status
                    == 201)
        }
    }
}
