import HTTPTypes
import Storefront

extension RouteTable {
    /// Balance, transactions, payouts, payout details.
    static let finance: [RouteDeclaration] = [
        route(
            .getBalance, .get, "/finance/balance", .permission(.financeRead), "Read the balance", nil, 200, "Balances"),
        route(
            .listTransactions, .get, "/finance/transactions", .permission(.financeRead), "List the ledger", nil, 200,
            "TransactionList"),
        route(
            .requestPayout, .post, "/finance/payouts", .permission(.financePayout), "Request a payout", "NewPayout",
            201, "Payout"
        ).naturallyIdempotent().needingVerification(.asConfigured),
        route(
            .listPayouts, .get, "/finance/payouts", .permission(.financeRead), "List payouts", nil, 200, "PayoutList"),
        route(.getPayout, .get, payout, .permission(.financeRead), "Read a payout", nil, 200, "Payout"),
        route(
            .cancelPayout, .post, "\(payout)/cancel", .permission(.financePayout), "Cancel a payout", nil, 200, "Payout"
        ),
        route(
            .getPaymentSettings, .get, "/finance/settings", .permission(.financeSettings), "Read the payout details",
            nil,
            200, "PaymentSettings"),
        route(
            .updatePaymentSettings, .put, "/finance/settings", .permission(.financeSettings),
            "Change the payout details",
            "PaymentSettingsChange", 200, "PaymentSettings"),
        alias(
            .updatePaymentSettings, .patch, "/finance/settings", .permission(.financeSettings),
            "Change the payout details", "PaymentSettingsChange", 200, "PaymentSettings"),
        route(
            .approvePaymentSettings, .post, "/finance/settings/approve", .permission(.financeSettings),
            "Approve payout details that somebody else has changed", "PaymentSettingsApproval", 200, "PaymentSettings"
        ).naturallyIdempotent(),
    ]

    private static let payout = "/finance/payouts/{payout_id}"
}
