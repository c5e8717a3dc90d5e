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
            .resubmitCompany, .post, "/accounts/me/verification", .permission(.documentsWrite),
            "Ask to be verified again", nil, 200, "Company"),
        route(
            .inviteMember, .post, "/accounts/me/team", .permission(.teamWrite), "Invite somebody", "NewInvitation", 201,
            "Invitation"
        ).needingVerification(),
        route(
            .leaveTeam, .delete, "/accounts/me/team/me", .permission(.teamRead), "Leave the company", nil, 204, nil),
        route(
            .listInvitations, .get, "/accounts/me/team/invitations", .permission(.teamRead), "List invitations", nil,
            200,
            "InvitationList"),
        route(
            .revokeInvitation, .delete, "/accounts/me/team/invitations/{invitation_id}", .permission(.teamWrite),
            "Take an invitation back", nil, 204, nil),
        route(
            .resendInvitation, .post, "/accounts/me/team/invitations/{invitation_id}/resend", .permission(.teamWrite),
            "Send an invitation again", nil, 200, "Invitation"),
        route(
            .acceptInvitation, .post, "/invitations/{token}/accept", .person, "Join a company", nil, 200, "Membership"
        ).naturallyIdempotent(),
        route(
            .declineInvitation, .post, "/invitations/{token}/decline", .person, "Turn an invitation down", nil, 204, nil
        ).naturallyIdempotent(),
        route(
            .changeRole, .put, "/accounts/me/team/{user_id}", .permission(.teamWrite), "Change a member's role",
            "RoleChange", 200, "TeamMember"),
        route(
            .removeMember, .delete, "/accounts/me/team/{user_id}", .permission(.teamWrite), "Remove a member", nil, 204,
            nil),
    ]
}
