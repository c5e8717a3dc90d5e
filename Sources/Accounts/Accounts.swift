public import Content
public import Postgres
public import Storefront

/// Companies and their teams: owner of `developers` and `developer_teams`.
public struct Accounts: Sendable {
    let database: Database

    public init(database: Database) { self.database = database }

    /// Registers a company and makes the person its first administrator, both or neither.
    ///
    /// - Parameter name: 1 to 255 characters.
    /// - Returns: a company whose verification is pending.
    public func register(
        name: String, legalDetails: JSONValue?, by user: UserID
    ) async throws -> Company {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                INSERT INTO developers (company_name, legal_details)
                VALUES (\(name), \(Self.jsonb(legalDetails)))
                RETURNING \(Company.columns)
                """)
            guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
            let company = try Company(row)
            try await transaction.execute(
                """
                INSERT INTO developer_teams (developer_id, user_id, role)
                VALUES (\(company.id), \(user), \(Role.admin.rawValue))
                """)
            return company
        }
    }

    public func company(_ id: DeveloperID) async throws(PostgresError) -> Company? {
        try await self.database.row("SELECT \(Company.columns) FROM developers WHERE developer_id = \(id)")
            .map { row throws(PostgresError) in try Company(row) }
    }

    /// Changes what the company says of itself.
    ///
    /// Other legal details make a verified company pending again: the platform checked somebody else.
    ///
    /// - Parameter revision: the revision the caller saw; nil to change whatever is there.
    /// - Returns: nil when there is no such company.
    /// - Throws: ``AccountsError/stale(current:)``, or ``PostgresError``.
    public func update(
        _ id: DeveloperID, _ change: CompanyChange, ifRevision revision: Int64?
    ) async throws -> Company? {
        let details: JSONValue? =
            switch change.legalDetails {
            case .set(let value): value
            case .clear, nil: nil
            }
        let isKept = change.legalDetails == nil
        let pending = CompanyVerification.verified.next(on: .changeIdentity) ?? .pending
        let row = try await self.database.row(
            """
            UPDATE developers
            SET company_name = coalesce(\(change.name), company_name),
                legal_details = CASE WHEN \(isKept) THEN legal_details ELSE \(Self.jsonb(details)) END,
                verification_status = CASE
                    WHEN NOT \(isKept) AND verification_status = \(CompanyVerification.verified.rawValue)
                        AND legal_details IS DISTINCT FROM \(Self.jsonb(details))
                    THEN \(pending.rawValue) ELSE verification_status END,
                revision = revision + 1
            WHERE developer_id = \(id) AND (\(revision) IS NULL OR revision = \(revision))
            RETURNING \(Company.columns)
            """)
        if let row { return try Company(row) }
        guard let current = try await self.company(id) else { return nil }
        throw AccountsError.stale(current: current.revision)
    }

    /// Moves the company's verification on; for the platform, not for companies.
    ///
    /// - Returns: nil when there is no such company.
    /// - Throws: `InvalidTransition` or ``PostgresError``.
    public func decide(
        _ event: CompanyVerification.Event, reason: String?, on id: DeveloperID
    ) async throws -> Company? {
        try await self.database.transaction { transaction in
            let current = try await transaction.row(
                "SELECT \(Company.columns) FROM developers WHERE developer_id = \(id) FOR NO KEY UPDATE")
            guard let current else { return nil }
            let next = try Company(current).verification.applying(event)
            let row = try await transaction.row(
                """
                UPDATE developers
                SET verification_status = \(next.rawValue), verification_reason = \(reason),
                    verified_at = CASE WHEN \(next == .verified) THEN now() ELSE verified_at END, revision = revision + 1
                WHERE developer_id = \(id)
                RETURNING \(Company.columns)
                """)
            return try row.map(Company.init)
        }
    }

    private static func jsonb(_ value: JSONValue?) -> SQLValue {
        value.map { SQLValue(.jsonb, $0.description) } ?? .null(.jsonb)
    }
}
