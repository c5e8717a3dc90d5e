import Accounts
import Content
import Platform
import Storefront

/// Companies and teams as JSON.
enum AccountJSON {
    static func company(_ company: Company) -> JSONValue {
        [
            "developer_id": .string(company.id.description), "company_name": .string(company.name),
            "account_type": .string(company.kind.rawValue), "legal_details": company.legalDetails ?? .null,
            "verification_status": .string(company.verification.rawValue),
            "verification_reason": .text(company.verificationReason), "verified_at": .time(company.verifiedAt),
            "suspended_at": .time(company.suspendedAt), "suspension_reason": .text(company.suspensionReason),
            "created_at": .time(company.createdAt), "updated_at": .time(company.updatedAt),
        ]
    }

    static func membership(_ membership: Membership) -> JSONValue {
        [
            "developer_id": .string(membership.company.description), "company_name": .string(membership.companyName),
            "verification_status": .string(membership.verification.rawValue), "role": .string(membership.role.rawValue),
        ]
    }

    /// Names and addresses are Account Service's; null while it does not answer.
    static func member(_ member: TeamMember, _ profile: UserProfile?) -> JSONValue {
        [
            "user_id": .string(member.user.description), "role": .string(member.role.rawValue),
            "added_at": .time(member.addedAt), "name": .text(profile?.name),
            "email": .text(profile?.email),
        ]
    }

    /// Never the token: whoever has it joins.
    static func invitation(_ invitation: Invitation) -> JSONValue {
        [
            "invitation_id": .string(invitation.id.description), "email": .string(invitation.email),
            "role": .string(invitation.role.rawValue), "status": .string(invitation.state.rawValue),
            "sent_count": .integer(invitation.sendings), "invited_by": .string(invitation.invitedBy.description),
            "created_at": .time(invitation.createdAt), "expires_at": .time(invitation.expiresAt),
            "answered_at": .time(invitation.answeredAt), "accepted_by": .text(invitation.acceptedBy?.description),
        ]
    }
}
