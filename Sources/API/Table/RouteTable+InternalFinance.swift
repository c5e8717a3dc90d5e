import HTTPTypes
import Storefront

extension RouteTable {
    /// What Payment Service calls.
    static let internalFinance: [RouteDeclaration] = [
        forPayments(
            .recordEntries, .post, "/ledger/entries", "Record entries of the ledger", "LedgerEntries", "Recorded"),
        forPayments(
            .reportPayout, .post, "/payouts/{payout_id}/status", "Report how a payout is", "PayoutReport",
            "PayoutVerdict"),
    ]

    private static func forPayments(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ request: String,
        _ response: String
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: "/internal/v1" + path, access: .platform(.service),
            summary: summary,
            request: request, status: 200, response: response, isAlias: false)
    }
}
