import HTTPTypes
import Storefront

extension RouteTable {
    /// Companies and their teams.
    static let accounts: [RouteDeclaration] = [
        route(.registerCompany, .post, "/accounts", .person, "Register a company", "NewCompany", 201, "Company"),
        route(.listCompanies, .get, "/accounts", .person, "List the companies you belong to", nil, 200, "CompanyList"),
        route(.getCompany, .get, "/accounts/me", .permission(.accountRead), "Read the company", nil, 200, "Company"),
        route(
            .updateCompany, .put, "/accounts/me", .permission(.accountWrite), "Change the company", "CompanyChange",
            200,
            "Company"),
        alias(
            .updateCompany, .patch, "/accounts/me", .permission(.accountWrite), "Change the company", "CompanyChange",
            200,
            "Company"),
        route(.listTeam, .get, "/accounts/me/team", .permission(.teamRead), "List the team", nil, 200, "TeamList"),
        route(
            .changeRole, .put, "/accounts/me/team/{user_id}", .permission(.teamWrite), "Change a member's role",
            "RoleChange", 200, "TeamMember"),
        route(
            .removeMember, .delete, "/accounts/me/team/{user_id}", .permission(.teamWrite), "Remove a member", nil, 204,
            nil),
    ]
}
