public import Content
public import FoundationEssentials
import Postgres
public import Storefront

/// An invitation into a company's team.
public enum InvitationSubject {}

public typealias InvitationID = Identifier<InvitationSubject>

/// One row of `team_invitations`.
public struct Invitation: Equatable, Sendable {
    public let id: InvitationID
    public let developer: DeveloperID
    public let email: String
    public let role: Role
    /// ``InvitationState/expired`` as soon as its time is over, whatever the row says.
    public let state: InvitationState
    /// How often it was sent; each sending has a token of its own.
    public let sendings: Int
    public let invitedBy: UserID
    public let createdAt: Date
    public let expiresAt: Date
    public let answeredAt: Date?
    public let acceptedBy: UserID?

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("invitation_id")
        self.developer = try row("developer_id")
        self.email = try row("email")
        let role: String = try row("role"), state: String = try row("current_state")
        guard let knownRole = Role(rawValue: role) else {
            throw .decoding(column: "role", expected: "Role", got: role)
        }
        guard let knownState = InvitationState(rawValue: state) else {
            throw .decoding(column: "current_state", expected: "InvitationState", got: state)
        }
        self.role = knownRole
        self.state = knownState
        self.sendings = try row("sendings")
        self.invitedBy = try row("invited_by")
        self.createdAt = try row("created_at")
        self.expiresAt = try row("expires_at")
        self.answeredAt = try row("answered_at")
        self.acceptedBy = try row("accepted_by")
    }

    static let columns: SQL = """
        invitation_id, developer_id, email, role, sendings, invited_by, created_at, expires_at, answered_at, accepted_by,
        CASE WHEN state = 'pending' AND expires_at <= now() THEN 'expired' ELSE state END AS current_state
        """
}
