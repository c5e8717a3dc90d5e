public import Content
import Platform
public import Postgres
public import Storefront

/// Companies, their teams, invitations and documents: owner of `developers`, `developer_teams`, `team_invitations` and
/// `developer_documents`.
public struct Accounts: Sendable {
    let database: Database

    public init(database: Database) { self.database = database }

    /// Registers a company and makes the person its first administrator, both or neither.
    ///
    /// - Parameters:
    ///   - name: 1 to 255 characters.
    ///   - recording: what else the registration means; in its transaction.
    /// - Returns: a company whose verification is pending.
    public func register(
        name: String, kind: CompanyKind = .developer, legalDetails: JSONValue?, by user: UserID,
        recording: (Company, Transaction) async throws -> Void = { _, _ in }
    ) async throws -> Company {
        try await self.database.transaction { transaction in
            let row = try await transaction.row(
                """
                INSERT INTO developers (company_name, account_type, legal_details)
                VALUES (\(name), \(kind.rawValue), \(Self.jsonb(legalDetails)))
                RETURNING \(Company.columns)
                """)
            guard let row else { throw PostgresError.unexpected("INSERT … RETURNING gave no row") }
            let company = try Company(row)
            try await transaction.execute(
                """
                INSERT INTO developer_teams (developer_id, user_id, role)
                VALUES (\(company.id), \(user), \(Role.admin.rawValue))
                """)
            try await AuditLog.append(
                AuditEntry(
                    developer: company.id, action: "company.registered", target: "company/\(company.id)",
                    after: .object(company.audited)),
                in: transaction)
            try await recording(company, transaction)
            return company
        }
    }

    public func company(_ id: DeveloperID) async throws(PostgresError) -> Company? {
        try await self.database.row("SELECT \(Company.columns) FROM developers WHERE developer_id = \(id)")
            .map { row throws(PostgresError) in try Company(row) }
    }

    /// Changes what the company says of itself.
    ///
    /// Another legal identity makes a verified company pending again: the platform checked somebody else.
    ///
    /// - Parameters:
    ///   - revision: the revision the caller saw; nil to change whatever is there.
    ///   - recording: what else the change means; in its transaction.
    /// - Returns: nil when there is no such company.
    /// - Throws: ``AccountsError/stale(current:)``, or ``PostgresError``.
    public func update(
        _ id: DeveloperID, _ change: CompanyChange, ifRevision revision: Int64?,
        recording: (_ before: Company, _ after: Company, Transaction) async throws -> Void = { _, _, _ in }
    ) async throws -> Company? {
        try await self.database.transaction { transaction -> Company? in
            guard let current = try await Self.lock(id, by: transaction) else { return nil }
            if let revision, revision != current.revision { throw AccountsError.stale(current: current.revision) }
            let details: JSONValue? =
                switch change.legalDetails {
                case .set(let value)?: value
                case .clear?: nil
                case nil: current.legalDetails
                }
            let isSame = LegalDetails.areSameIdentity(current.legalDetails?.object, details?.object)
            let verification = isSame ? nil : current.verification.next(on: .changeIdentity)
            let row = try await transaction.row(
                """
                UPDATE developers
                SET company_name = coalesce(\(change.name), company_name),
                    account_type = coalesce(\(change.kind?.rawValue), account_type),
                    legal_details = \(Self.jsonb(details)),
                    verification_status = coalesce(\(verification?.rawValue), verification_status),
                    revision = revision + 1
                WHERE developer_id = \(id)
                RETURNING \(Company.columns)
                """)
            guard let company = try row.map(Company.init) else { return nil }
            try await AuditLog.append(
                AuditEntry(
                    developer: id, action: "company.changed", target: "company/\(id)", from: current.audited,
                    to: company.audited),
                in: transaction)
            try await recording(current, company, transaction)
            return company
        }
    }

    static func lock(_ id: DeveloperID, by transaction: Transaction) async throws(PostgresError) -> Company? {
        try await transaction.row(
            "SELECT \(Company.columns) FROM developers WHERE developer_id = \(id) FOR NO KEY UPDATE"
        ).map { row throws(PostgresError) in try Company(row) }
    }

    static func jsonb(_ value: JSONValue?) -> SQLValue {
        value.map { SQLValue(.jsonb, $0.description) } ?? .null(.jsonb)
    }
}
