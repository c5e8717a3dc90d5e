public import Content
import FoundationEssentials
import Platform
public import Postgres
public import Storefront

extension Accounts {
    /// How long a token is good.
    static let invitationLifetime = Duration.seconds(7 * 86_400)
    /// Invitations that wait for an answer, of one company.
    static let maximumPending = 100

    /// Invites somebody; the mail with the token is sent by whoever hears of it in `telling`.
    ///
    /// - Throws: ``AccountsError/alreadyInvited(_:)`` or ``AccountsError/tooManyInvitations(limit:)``, or `PostgresError`.
    public func invite(
        _ email: EmailAddress, as role: Role, to company: DeveloperID, by user: UserID, tokens: InvitationTokens,
        telling: (Invitation, Transaction) async throws -> Void
    ) async throws -> Invitation {
        try await self.database.transaction { transaction in
            // Also keeps two invitations of one address from passing each other.
            try await transaction.execute("SELECT 1 FROM developers WHERE developer_id = \(company) FOR NO KEY UPDATE")
            try await transaction.execute(
                """
                UPDATE team_invitations SET state = 'expired'
                WHERE developer_id = \(company) AND state = 'pending' AND expires_at <= now()
                """)
            let pending = try await transaction.rows(
                """
                SELECT invitation_id, lower(email) = lower(\(email.text)) AS is_same FROM team_invitations
                WHERE developer_id = \(company) AND state = 'pending'
                ORDER BY is_same DESC, invitation_id
                LIMIT \(Self.maximumPending)
                """)
            if let first = pending.first, try first("is_same", as: Bool.self) {
                throw AccountsError.alreadyInvited(try first("invitation_id"))
            }
            guard pending.count < Self.maximumPending else {
                throw AccountsError.tooManyInvitations(limit: Self.maximumPending)
            }
            let id = InvitationID(UUID())
            let token = tokens.token(of: id, sending: 1)
            let row = try await transaction.row(
                """
                INSERT INTO team_invitations
                    (invitation_id, developer_id, email, role, token_hash, invited_by, expires_at)
                VALUES (\(id), \(company), \(email.text), \(role.rawValue), \(InvitationTokens.hash(token)), \(user),
                        now() + \(Self.invitationLifetime))
                RETURNING \(Invitation.columns)
                """)
            guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
            let invitation = try Invitation(row)
            try await telling(invitation, transaction)
            try await AuditLog.append(invitation.audited("team.invited"), in: transaction)
            return invitation
        }
    }

    /// A company's invitations, newest first; at most 1,000.
    public func invitations(of company: DeveloperID) async throws(PostgresError) -> [Invitation] {
        try await self.database.rows(
            """
            SELECT \(Invitation.columns) FROM team_invitations
            WHERE developer_id = \(company)
            ORDER BY created_at DESC, invitation_id
            LIMIT 1000
            """
        ).map { row throws(PostgresError) in try Invitation(row) }
    }

    /// - Returns: nil when it does not exist.
    public func invitation(_ id: InvitationID) async throws(PostgresError) -> Invitation? {
        try await self.database.row(
            "SELECT \(Invitation.columns) FROM team_invitations WHERE invitation_id = \(id)"
        ).map { row throws(PostgresError) in try Invitation(row) }
    }

    /// Takes an invitation back; once more changes nothing.
    ///
    /// - Returns: false when it does not exist, or is another company's.
    /// - Throws: `InvalidTransition` when it was answered, or `PostgresError`.
    public func revoke(_ id: InvitationID, of company: DeveloperID) async throws -> Bool {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                SELECT \(Invitation.columns) FROM team_invitations
                WHERE invitation_id = \(id) AND developer_id = \(company)
                FOR NO KEY UPDATE
                """)
            guard let invitation = try row.map(Invitation.init) else { return false }
            if invitation.state == .revoked { return true }
            let next = try invitation.state.applying(.revoke)
            try await self.answer(invitation, next, by: nil, in: transaction)
            try await AuditLog.append(invitation.audited("team.invitation_revoked"), in: transaction)
            return true
        }
    }

    /// Sends an invitation once more, with a new token and new time; the old token is of no use any more.
    ///
    /// - Returns: nil when it does not exist, or is another company's.
    /// - Throws: `InvalidTransition` when it does not wait any more, or `PostgresError`.
    public func resend(
        _ id: InvitationID, of company: DeveloperID, tokens: InvitationTokens,
        telling: (Invitation, Transaction) async throws -> Void
    ) async throws -> Invitation? {
        try await self.database.transaction { transaction -> Invitation? in
            let row = try await transaction.row(
                """
                SELECT \(Invitation.columns) FROM team_invitations
                WHERE invitation_id = \(id) AND developer_id = \(company)
                FOR NO KEY UPDATE
                """)
            guard let invitation = try row.map(Invitation.init) else { return nil }
            _ = try invitation.state.applying(.resend)
            let token = tokens.token(of: id, sending: invitation.sendings + 1)
            let changed = try await transaction.row(
                """
                UPDATE team_invitations
                SET sendings = sendings + 1, token_hash = \(InvitationTokens.hash(token)),
                    expires_at = now() + \(Self.invitationLifetime)
                WHERE invitation_id = \(id)
                RETURNING \(Invitation.columns)
                """)
            guard let again = try changed.map(Invitation.init) else { return nil }
            try await telling(again, transaction)
            try await AuditLog.append(again.audited("team.invitation_resent"), in: transaction)
            return again
        }
    }

    /// Joins a team; once more by the same person changes nothing.
    ///
    /// - Returns: the membership; nil when nobody ever sent this token.
    /// - Throws: ``AccountsError/invitationExpired``, ``AccountsError/alreadyMember``, `InvalidTransition`, or
    ///   `PostgresError`.
    public func accept(token: String, by user: UserID) async throws -> Membership? {
        try await self.database.transaction { transaction -> Membership? in
            guard let invitation = try await self.lock(token, by: transaction) else { return nil }
            if invitation.state != .accepted || invitation.acceptedBy != user {
                if invitation.state == .expired { throw AccountsError.invitationExpired }
                let next = try invitation.state.applying(.accept)
                let joined = try await transaction.execute(
                    """
                    INSERT INTO developer_teams (developer_id, user_id, role)
                    VALUES (\(invitation.developer), \(user), \(invitation.role.rawValue))
                    ON CONFLICT (developer_id, user_id) DO NOTHING
                    """)
                guard joined == 1 else { throw AccountsError.alreadyMember }
                try await self.answer(invitation, next, by: user, in: transaction)
                try await AuditLog.append(invitation.audited("team.invitation_accepted"), in: transaction)
            }
            return try await Self.membership(of: user, in: invitation.developer, by: transaction)
        }
    }

    /// Turns an invitation down; once more changes nothing.
    ///
    /// - Returns: false when nobody ever sent this token.
    /// - Throws: ``AccountsError/invitationExpired``, `InvalidTransition`, or `PostgresError`.
    public func decline(token: String) async throws -> Bool {
        try await self.database.transaction { transaction in
            guard let invitation = try await self.lock(token, by: transaction) else { return false }
            if invitation.state == .declined { return true }
            if invitation.state == .expired { throw AccountsError.invitationExpired }
            let next = try invitation.state.applying(.decline)
            try await self.answer(invitation, next, by: nil, in: transaction)
            try await AuditLog.append(invitation.audited("team.invitation_declined"), in: transaction)
            return true
        }
    }

    private func lock(_ token: String, by transaction: Transaction) async throws(PostgresError) -> Invitation? {
        try await transaction.row(
            """
            SELECT \(Invitation.columns) FROM team_invitations
            WHERE token_hash = \(InvitationTokens.hash(token))
            FOR NO KEY UPDATE
            """
        ).map { row throws(PostgresError) in try Invitation(row) }
    }

    private func answer(
        _ invitation: Invitation, _ state: InvitationState, by user: UserID?, in transaction: Transaction
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            UPDATE team_invitations SET state = \(state.rawValue), answered_at = now(), accepted_by = \(user)
            WHERE invitation_id = \(invitation.id)
            """)
    }
}

extension Invitation {
    /// What the audit log remembers of it.
    fileprivate func audited(_ action: String) -> AuditEntry {
        AuditEntry(
            developer: self.developer, action: action, target: "invitation/\(self.id)",
            after: ["email": .string(self.email), "role": .string(self.role.rawValue)])
    }
}
