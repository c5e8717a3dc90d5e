import HTTPTypes
import Storefront

extension RouteTable {
    /// What Payment Service calls.
    static let internalFinance: [RouteDeclaration] = [
        inner(
            .recordEntries, .post, "/ledger/entries", .ledgerWrite, "Record entries of the ledger", "LedgerEntries",
            200,
            "Recorded"),
        inner(
            .reportPayout, .post, "/payouts/{payout_id}/status", .payoutsSettle, "Report how a payout is",
            "PayoutReport",
            200, "PayoutVerdict"),
        inner(
            .approvePaymentSettingsInternally, .post, "/developers/{developer_id}/payment-settings/approval",
            .companiesVerify, "Approve payout details for a company of one person", "PaymentSettingsApproval", 200,
            "PaymentSettings"),
    ]
}
