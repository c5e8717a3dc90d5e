public import Content
import Platform
public import Postgres
public import Storefront

extension Accounts {
    /// Companies a person belongs to, oldest membership first; at most 100.
    public func memberships(of user: UserID) async throws(PostgresError) -> [Membership] {
        try await self.database.rows(
            """
            SELECT \(Membership.columns)
            FROM developer_teams AS team
            JOIN developers AS company USING (developer_id)
            WHERE team.user_id = \(user)
            ORDER BY team.added_at, team.developer_id
            LIMIT 100
            """
        ).map { row throws(PostgresError) in try Membership(row) }
    }

    /// What a person and a company are to each other now; nil when nothing.
    public func membership(of user: UserID, in company: DeveloperID) async throws(PostgresError) -> Membership? {
        try await Self.membership(of: user, in: company, by: self.database)
    }

    static func membership(
        of user: UserID, in company: DeveloperID, by executor: some SQLExecutor
    ) async throws(PostgresError) -> Membership? {
        try await executor.row(
            """
            SELECT \(Membership.columns)
            FROM developer_teams AS team
            JOIN developers AS company USING (developer_id)
            WHERE team.user_id = \(user) AND team.developer_id = \(company)
            """
        ).map { row throws(PostgresError) in try Membership(row) }
    }

    /// What a person is in a company now; nil when nothing.
    public func role(of user: UserID, in company: DeveloperID) async throws(PostgresError) -> Role? {
        try await self.member(user, in: company)?.role
    }

    public func member(_ user: UserID, in company: DeveloperID) async throws(PostgresError) -> TeamMember? {
        try await self.database.row(
            """
            SELECT \(TeamMember.columns) FROM developer_teams
            WHERE developer_id = \(company) AND user_id = \(user)
            """
        ).map { row throws(PostgresError) in try TeamMember(row) }
    }

    /// Everybody in the company, oldest membership first; at most 1,000.
    public func team(of company: DeveloperID) async throws(PostgresError) -> [TeamMember] {
        try await self.database.rows(
            """
            SELECT \(TeamMember.columns) FROM developer_teams
            WHERE developer_id = \(company)
            ORDER BY added_at, user_id
            LIMIT 1000
            """
        ).map { row throws(PostgresError) in try TeamMember(row) }
    }

    /// Gives a member another role, from the next request on.
    ///
    /// - Returns: nil when the person is not in the company.
    /// - Throws: ``AccountsError/lastAdmin``, or `PostgresError`.
    public func setRole(_ role: Role, of user: UserID, in company: DeveloperID) async throws -> TeamMember? {
        try await self.database.transaction { transaction -> TeamMember? in
            guard let member = try await Self.lock(user, in: company, by: transaction) else { return nil }
            if member.role == .admin, role != .admin {
                try await Self.requireOtherAdmin(user, in: company, by: transaction)
            }
            let row = try await transaction.row(
                """
                UPDATE developer_teams SET role = \(role.rawValue)
                WHERE developer_id = \(company) AND user_id = \(user)
                RETURNING \(TeamMember.columns)
                """)
            guard let changed = try row.map(TeamMember.init) else { return nil }
            try await AuditLog.append(
                AuditEntry(
                    developer: company, action: "team.role_changed", target: "user/\(user)",
                    before: ["role": .string(member.role.rawValue)], after: ["role": .string(role.rawValue)]),
                in: transaction)
            return changed
        }
    }

    /// Takes a member out of the company.
    ///
    /// - Returns: false when the person was not in it.
    /// - Throws: ``AccountsError/lastAdmin``, or `PostgresError`.
    public func remove(_ user: UserID, from company: DeveloperID) async throws -> Bool {
        try await self.database.transaction { transaction in
            guard let member = try await Self.lock(user, in: company, by: transaction) else { return false }
            if member.role == .admin { try await Self.requireOtherAdmin(user, in: company, by: transaction) }
            try await transaction.execute(
                "DELETE FROM developer_teams WHERE developer_id = \(company) AND user_id = \(user)")
            try await AuditLog.append(
                AuditEntry(
                    developer: company, action: "team.member_removed", target: "user/\(user)",
                    before: ["role": .string(member.role.rawValue)]),
                in: transaction)
            return true
        }
    }

    /// Adds a person who is known already, without an invitation: for set-up and for accepted invitations.
    ///
    /// - Returns: false when the person is in the company already; the role stays then.
    public func add(
        _ user: UserID, as role: Role, to company: DeveloperID
    ) async throws(PostgresError) -> Bool {
        try await self.database.execute(
            """
            INSERT INTO developer_teams (developer_id, user_id, role)
            VALUES (\(company), \(user), \(role.rawValue))
            ON CONFLICT (developer_id, user_id) DO NOTHING
            """) == 1
    }

    /// Locks the company, so that two changes to one team never both take away the other's last administrator.
    private static func lock(
        _ user: UserID, in company: DeveloperID, by transaction: Transaction
    ) async throws(PostgresError) -> TeamMember? {
        try await transaction.execute("SELECT 1 FROM developers WHERE developer_id = \(company) FOR NO KEY UPDATE")
        return try await transaction.row(
            """
            SELECT \(TeamMember.columns) FROM developer_teams
            WHERE developer_id = \(company) AND user_id = \(user)
            """
        ).map { row throws(PostgresError) in try TeamMember(row) }
    }

    private static func requireOtherAdmin(
        _ user: UserID, in company: DeveloperID, by transaction: Transaction
    ) async throws {
        let other = try await transaction.row(
            """
            SELECT 1 FROM developer_teams
            WHERE developer_id = \(company) AND role = \(Role.admin.rawValue) AND user_id <> \(user)
            LIMIT 1
            """)
        guard other != nil else { throw AccountsError.lastAdmin }
    }
}
