import HTTPTypes
import Storefront

extension RouteTable {
    static let internalPrefix = "/internal/v1"

    /// What services of the platform tell us, by tokens of their own.
    static let companiesForAdmin: [RouteDeclaration] = [
        inner(
            .readCompanyInternally, .get, "/developers/{developer_id}", .companiesRead, "Read a company", nil, 200,
            "Company"),
        inner(
            .verifyCompany, .post, "/developers/{developer_id}/verification", .companiesVerify,
            "Verify or reject a company",
            "VerificationDecision", 200, "Company"),
        inner(
            .suspendCompany, .post, "/developers/{developer_id}/suspension", .companiesSuspend,
            "Suspend a company or let it work again", "Suspension", 200, "Company"),
    ]

    /// A route of the internal API: what it does is keyed by ids of its own, so that no Idempotency-Key is needed.
    static func inner(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ permission: ServicePermission,
        _ summary: String, _ request: String?, _ status: Int, _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: self.internalPrefix + path, access: .service(permission),
            summary: summary, request: request, status: status, response: response, isAlias: false, rateClass: nil,
            idempotency: .ignored)
    }
}
