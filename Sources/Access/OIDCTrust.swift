public import Content
public import FoundationEssentials
import Postgres
import Storefront

/// A studio's trust in what its CI system says of a job.
public enum TrustSubject {}

public typealias TrustID = Identifier<TrustSubject>

/// One row of `oidc_trusts`.
public struct OIDCTrust: Equatable, Sendable {
    public let id: TrustID
    public let developer: DeveloperID
    public let terms: OIDCTerms
    public let createdBy: UserID
    public let createdAt: Date
    public let lastUsedAt: Date?

    init(_ row: Row) throws(PostgresError) {
        self.id = try row("trust_id")
        self.developer = try row("developer_id")
        let games: [GameID]? = try row("game_ids")
        let permissions: [String] = try row("permissions")
        self.terms = OIDCTerms(
            name: try row("name"), issuer: try row("issuer"), repository: try row("repository"), ref: try row("ref"),
            environment: try row("environment"), games: games,
            scopes: permissions.compactMap(Permission.init(rawValue:)))
        self.createdBy = try row("created_by")
        self.createdAt = try row("created_at")
        self.lastUsedAt = try row("last_used_at")
    }

    static let columns: SQL = """
        trust_id, developer_id, name, issuer, repository, ref, environment, game_ids, permissions, created_by, created_at,
        last_used_at
        """
}
