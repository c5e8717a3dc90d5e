import Content
import Finance
import FoundationEssentials
import Postgres
import Storefront
import Testing

@Suite("Approval of payout details")
struct ApprovalTests {
    private static let other = "40702810238000000002"

    private static func change(_ fixture: FinanceFixture, to account: String, by user: UserID) async throws {
        _ = try await fixture.finance.updateDetails(of: fixture.mine, by: user, ifVersion: nil) { _ in
            try FinanceFixture.details(account: account)
        }
    }

    @Test(
        "B12: of a change and an approval at once, the approval is of what was looked at, or of nothing",
        arguments: 0..<4)
    func race(round: Int) async throws {
        try await FinanceFixture.run { fixture in
            let (thief, second) = (UserID(UUID()), UserID(UUID()))
            try await fixture.setDetails()
            try await Self.change(fixture, to: Self.other, by: UserID(UUID()))
            async let approved = try? fixture.finance.approveDetails(of: fixture.mine, version: 2, by: .user(second))
            if round.isMultiple(of: 2) { try await Task.sleep(for: .milliseconds(round)) }
            async let changed: Void = Self.change(fixture, to: "40702810938000000001", by: thief)
            _ = await approved
            try await changed
            let now = try #require(try await fixture.finance.details(of: fixture.mine)).settings
            #expect(now.version == 3 && now.approval.state == .pending)
            await #expect(throws: FinanceError.secondPersonNeeded) {
                try await fixture.finance.approveDetails(of: fixture.mine, version: 3, by: .user(thief))
            }
        }
    }

    @Test("B12: erased details are approved by nobody, and another company's are none")
    func nothing() async throws {
        try await FinanceFixture.run { fixture in
            let user = PaymentApprover.user(UserID(UUID()))
            #expect(try await fixture.finance.approveDetails(of: fixture.mine, version: 1, by: user) == nil)
            try await fixture.setDetails()
            #expect(try await fixture.finance.approveDetails(of: fixture.theirs, version: 1, by: user) == nil)
            // What needs no approval is as good as approved.
            let first = try await fixture.finance.approveDetails(of: fixture.mine, version: 1, by: user)
            #expect(first?.approval.state == .notNeeded && first?.approval.approvedBy == nil)
            try await fixture.database.transaction { transaction in
                try await fixture.finance.eraseDetails(of: fixture.mine, in: transaction)
            }
            await #expect(throws: FinanceError.approvalOutdated(current: 1)) {
                try await fixture.finance.approveDetails(of: fixture.mine, version: 1, by: user)
            }
        }
    }
}
