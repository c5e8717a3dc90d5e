import Storefront

extension Schemas {
    /// Of companies and their teams.
    static let accounts: [(String, JSONValue)] = [
        (
            "NewCompany",
            object(
                ["company_name": text(255), "account_type": words(CompanyKind.self), "legal_details": details],
                ["company_name"])
        ),
        (
            "CompanyChange",
            object(["company_name": text(255), "account_type": words(CompanyKind.self), "legal_details": details], [])
        ), ("Company", company),
        ("CompanyList", list("Membership")), ("Membership", membership), ("TeamMember", teamMember),
        ("TeamList", list("TeamMember")), ("RoleChange", object(["role": words(Role.self)], ["role"])),
        ("NewInvitation", object(["email": text(254), "role": words(Role.self)], ["email", "role"])),
        (
            "VerificationDecision",
            object(
                ["status": ["type": "string", "enum": ["verified", "rejected"]], "reason": nullable("string")],
                ["status"])
        ), ("Suspension", object(["suspended": flag, "reason": nullable("string")], ["suspended"])),
        ("Invitation", invitation), ("InvitationList", list("Invitation")),
    ]

    private static let company = object(
        [
            "developer_id": id, "company_name": text(255), "account_type": words(CompanyKind.self),
            "legal_details": details,
            "suspended_at": perhapsTime, "suspension_reason": nullable("string"),
            "verification_status": words(CompanyVerification.self), "verification_reason": nullable("string"),
            "verified_at": perhapsTime, "created_at": time, "updated_at": time,
        ], ["developer_id", "company_name", "verification_status", "created_at", "updated_at"])

    private static let invitation = object(
        [
            "invitation_id": id, "email": string, "role": words(Role.self), "status": words(InvitationState.self),
            "sent_count": integer, "invited_by": id, "created_at": time, "expires_at": time, "answered_at": perhapsTime,
            "accepted_by": nullable("string"),
        ], ["invitation_id", "email", "role", "status", "created_at", "expires_at"])

    private static let membership = object(
        [
            "developer_id": id, "company_name": text(255), "verification_status": words(CompanyVerification.self),
            "role": words(Role.self),
        ], ["developer_id", "company_name", "verification_status", "role"])

    private static let teamMember = object(
        [
            "user_id": id, "role": words(Role.self), "added_at": time, "name": nullable("string"),
            "email": nullable("string"),
        ], ["user_id", "role", "added_at"])
}
