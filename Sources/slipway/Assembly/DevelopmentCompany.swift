import Accounts
import Content
import Foundation
import Postgres
import Storefront

/// The company that `slipway up` comes with: verified, with one administrator.
struct DevelopmentCompany: Sendable {
    let developer: DeveloperID
    let user: UserID

    private static let name = "Slipway Development"

    /// Finds the company, or registers and verifies it.
    static func ensure(in database: Database) async throws -> DevelopmentCompany {
        let rows = try await database.rows(
            """
            SELECT developer.developer_id, team.user_id
            FROM developers AS developer JOIN developer_teams AS team USING (developer_id)
            WHERE developer.company_name = \(Self.name) AND team.role = 'admin'
            ORDER BY developer.created_at, team.added_at LIMIT 1
            """)
        if let row = rows.first {
            let developer: UUID = try row("developer_id")
            let user: UUID = try row("user_id")
            return DevelopmentCompany(developer: DeveloperID(developer), user: UserID(user))
        }
        let accounts = Accounts(database: database)
        let user = UserID(UUID())
        let company = try await accounts.register(name: Self.name, legalDetails: nil, by: user)
        _ = try await accounts.decide(.verify, reason: nil, on: company.id)
        return DevelopmentCompany(developer: company.id, user: user)
    }
}
