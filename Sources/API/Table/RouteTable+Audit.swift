import HTTPTypes
import Storefront

extension RouteTable {
    /// What was done.
    static let audit: [RouteDeclaration] = [
        route(.listAudit, .get, "/audit", .permission(.auditRead), "Read the audit log", nil, 200, "AuditList"),
        route(
            .verifyAudit, .get, "/audit/verify", .permission(.auditRead), "Check the audit log's chain", nil, 200,
            "AuditVerification"),
    ]
}
