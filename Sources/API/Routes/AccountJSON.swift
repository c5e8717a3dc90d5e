import Accounts
import Content
import Storefront

/// Companies and teams as JSON.
enum AccountJSON {
    static func company(_ company: Company) -> JSONValue {
        [
            "developer_id": .string(company.id.description), "company_name": .string(company.name),
            "legal_details": company.legalDetails ?? .null,
            "verification_status": .string(company.verification.rawValue),
            "verification_reason": .text(company.verificationReason), "verified_at": .time(company.verifiedAt),
            "created_at": .time(company.createdAt), "updated_at": .time(company.updatedAt),
        ]
    }

    static func membership(_ membership: Membership) -> JSONValue {
        [
            "developer_id": .string(membership.company.description), "company_name": .string(membership.companyName),
            "verification_status": .string(membership.verification.rawValue), "role": .string(membership.role.rawValue),
        ]
    }

    /// Names and addresses are Account Service's; null while nobody asks it.
    static func member(_ member: TeamMember) -> JSONValue {
        [
            "user_id": .string(member.user.description), "role": .string(member.role.rawValue),
            "added_at": .time(member.addedAt), "name": .null, "email": .null,
        ]
    }
}
