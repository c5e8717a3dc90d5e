import Accounts
import Content
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Platform
import Postgres
import Storefront

/// Invitations into a team, from both sides.
struct InvitationRoutes: Sendable {
    private let accounts: Accounts
    private let tokens: InvitationTokens
    private let limits: APILimits
    private let tell: Conventions.Tell

    init(_ services: APIServices) {
        self.accounts = services.accounts
        self.tokens = services.invitations
        self.limits = services.limits
        self.tell = services.conventions.tell
    }

    /// `POST /accounts/me/team`.
    @Sendable func invite(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let text = fields.requiredText("email", length: 1...254)
        let email = text.flatMap(EmailAddress.init)
        if text != nil, email == nil { fields.fail("email", "format", "must be an address such as name@example.com") }
        let role = fields.requiredChoice("role", of: Role.self)
        try fields.finish()
        guard let email, let role else { throw HTTPProblem.unexpected }
        let invitation = try await self.accounts.invite(
            email, as: role, to: try context.requireDeveloper(), by: try context.requireUser(), tokens: self.tokens,
            telling: self.tellSent)
        return .json(
            AccountJSON.invitation(invitation), status: .created,
            headers: [.location: "\(RouteTable.prefix)/accounts/me/team/invitations/\(invitation.id)"])
    }

    /// `GET /accounts/me/team/invitations`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let invitations = try await self.accounts.invitations(of: try context.requireDeveloper())
        return .json(["items": .array(invitations.map(AccountJSON.invitation)), "next_cursor": .null])
    }

    /// `DELETE /accounts/me/team/invitations/{invitation_id}`.
    @Sendable func revoke(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("invitation_id", of: InvitationSubject.self)
        guard try await self.accounts.revoke(id, of: try context.requireDeveloper()) else { throw HTTPProblem.notFound }
        return .noContent
    }

    /// `POST /accounts/me/team/invitations/{invitation_id}/resend`.
    @Sendable func resend(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("invitation_id", of: InvitationSubject.self)
        let invitation = try await self.accounts.resend(
            id, of: try context.requireDeveloper(), tokens: self.tokens, telling: self.tellSent)
        guard let invitation else { throw HTTPProblem.notFound }
        return .json(AccountJSON.invitation(invitation))
    }

    /// `POST /invitations/{token}/accept`.
    @Sendable func accept(_ request: Request, context: APIContext) async throws -> Response {
        let membership = try await self.accounts.accept(token: try Self.token(context), by: try context.requireUser())
        guard let membership else { throw HTTPProblem.notFound }
        return .json(AccountJSON.membership(membership))
    }

    /// `POST /invitations/{token}/decline`.
    @Sendable func decline(_ request: Request, context: APIContext) async throws -> Response {
        guard try await self.accounts.decline(token: try Self.token(context)) else { throw HTTPProblem.notFound }
        return .noContent
    }

    /// The event names the invitation; the token is computed when the mail is sent, and stands in no table.
    @Sendable private func tellSent(_ invitation: Invitation, in transaction: Transaction) async throws {
        let event = try OutgoingEvent(
            type: "team.invitation_sent", developer: invitation.developer, aggregate: "invitation/\(invitation.id)",
            data: InvitationEvent(invitation))
        try await self.tell(event, transaction)
    }

    private static func token(_ context: APIContext) throws(HTTPProblem) -> String {
        guard let token = context.parameters.get("token"), token.utf8.count == 64 else { throw .notFound }
        return String(token)
    }
}

/// What is told of an invitation.
struct InvitationEvent: Encodable, Sendable {
    let invitationId: String
    let email: String
    let role: String
    let sending: Int
    let expiresAt: Date

    init(_ invitation: Invitation) {
        self.invitationId = invitation.id.description
        self.email = invitation.email
        self.role = invitation.role.rawValue
        self.sending = invitation.sendings
        self.expiresAt = invitation.expiresAt
    }
}

/// What is told of a company.
struct CompanyEvent: Encodable, Sendable {
    let developerId: String
    let companyName: String
    let verificationStatus: String
    let verificationReason: String?
    let isSuspended: Bool

    init(_ company: Company) {
        self.developerId = company.id.description
        self.companyName = company.name
        self.verificationStatus = company.verification.rawValue
        self.verificationReason = company.verificationReason
        self.isSuspended = company.suspendedAt != nil
    }
}
