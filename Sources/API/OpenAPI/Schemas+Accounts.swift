import Storefront

extension Schemas {
    /// Of companies and their teams.
    static let accounts: [(String, JSONValue)] = [
        ("NewCompany", object(["company_name": text(255), "legal_details": details], ["company_name"])),
        ("CompanyChange", object(["company_name": text(255), "legal_details": details], [])), ("Company", company),
        ("CompanyList", list("Membership")), ("Membership", membership), ("TeamMember", teamMember),
        ("TeamList", list("TeamMember")), ("RoleChange", object(["role": words(Role.self)], ["role"])),
    ]

    private static let company = object(
        [
            "developer_id": id, "company_name": text(255), "legal_details": details,
            "verification_status": words(CompanyVerification.self), "verification_reason": nullable("string"),
            "verified_at": perhapsTime, "created_at": time, "updated_at": time,
        ], ["developer_id", "company_name", "verification_status", "created_at", "updated_at"])

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
