public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// A person's place in a company: one row of `developer_teams`.
public struct TeamMember: Equatable, Sendable {
    public let user: UserID
    public let role: Role
    public let addedAt: Date

    init(_ row: Row) throws(PostgresError) {
        self.user = try row("user_id")
        self.role = try row.role()
        self.addedAt = try row("added_at")
    }

    static let columns: SQL = "user_id, role, added_at"
}

/// A company, as one of its people sees it in a list.
public struct Membership: Equatable, Sendable {
    public let company: DeveloperID
    public let companyName: String
    public let verification: CompanyVerification
    public let isSuspended: Bool
    public let role: Role

    static let columns: SQL = """
        team.developer_id, company.company_name, company.verification_status,
        company.suspended_at IS NOT NULL AS is_suspended, team.role
        """

    init(_ row: Row) throws(PostgresError) {
        self.company = try row("developer_id")
        self.companyName = try row("company_name")
        let status: String = try row("verification_status")
        guard let verification = CompanyVerification(rawValue: status) else {
            throw .decoding(column: "verification_status", expected: "CompanyVerification", got: status)
        }
        self.verification = verification
        self.isSuspended = try row("is_suspended")
        self.role = try row.role()
    }
}

extension Row {
    fileprivate func role() throws(PostgresError) -> Role {
        let text: String = try self("role")
        guard let role = Role(rawValue: text) else { throw .decoding(column: "role", expected: "Role", got: text) }
        return role
    }
}
