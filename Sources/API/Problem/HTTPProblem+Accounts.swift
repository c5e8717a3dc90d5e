import Accounts
import Content
import HTTPTypes
import Storefront

extension HTTPProblem {
    /// The one place where a refused change to a company becomes a status.
    init(_ error: AccountsError) {
        switch error {
        case .lastAdmin:
            self.init(
                status: .conflict, code: "last-admin", detail: "A company keeps at least one administrator.",
                members: JSONObject([("hint", "Make somebody else an administrator first.")]))
        case .stale(let current): self = .stale(current: EntityTag(revision: current))
        case .alreadyMember:
            self.init(status: .conflict, code: "already-member", detail: "The person is in the company already.")
        case .alreadyInvited(let invitation):
            self.init(
                status: .conflict, code: "already-invited",
                detail: "An invitation of this address waits for an answer.",
                members: JSONObject([
                    ("invitation_id", .string(invitation.description)), ("hint", "Send it again, or revoke it."),
                ]))
        case .tooManyInvitations(let limit):
            self.init(
                status: .conflict, code: "too-many-invitations", detail: "\(limit) invitations wait for an answer.",
                members: JSONObject([("limit", .integer(limit)), ("hint", "Revoke some.")]))
        case .invitationExpired:
            self.init(
                status: .gone, code: "invitation-expired", detail: "The invitation's time is over.",
                members: JSONObject([("hint", "Ask the company for another.")]))
        case .tooManyDocuments(let limit):
            self.init(
                status: .conflict, code: "too-many-documents", detail: "The company has \(limit) documents.",
                members: JSONObject([("limit", .integer(limit)), ("hint", "Delete some.")]))
        }
    }

    /// The platform has stopped the company.
    static let suspended = HTTPProblem(
        status: .forbidden, code: "company-suspended",
        detail: "The platform has suspended the company: it can read, and change nothing.",
        members: JSONObject([("hint", "GET /api/v1/developer/accounts/me tells the reason.")]))

    /// Only a company whose identity was checked may do this.
    static func notVerified(_ verification: CompanyVerification) -> HTTPProblem {
        HTTPProblem(
            status: .forbidden, code: "company-not-verified",
            detail: "The platform has not verified the company yet.",
            members: JSONObject([("verification_status", .string(verification.rawValue))]))
    }

    /// The key is for some games, and this is not about one.
    static let keyRestricted = HTTPProblem(
        status: .forbidden, code: "key-restricted", detail: "The API key is for some games only, and this is about all."
    )
}
