public import Postgres

/// Whether the role that row-level security holds can be used by whoever connects.
public enum TenantRole: Equatable, Sendable {
    /// It is there, and may be entered.
    case usable
    /// It is not there; the migration makes it, since this user may.
    case creatable
    /// It is not there, and this user may not make it.
    case missing(user: String)
    /// It is there, but this user may not enter it.
    case foreign(user: String)

    public static func state(in database: Database) async throws(PostgresError) -> TenantRole {
        let row = try await database.row(
            """
            SELECT me.rolname::text AS user_name, me.rolsuper OR me.rolcreaterole AS may_create,
                   tenant.oid IS NOT NULL AS is_there,
                   coalesce(pg_has_role(me.oid, tenant.oid, 'MEMBER'), false) AS is_member
            FROM pg_roles AS me LEFT JOIN pg_roles AS tenant ON tenant.rolname = 'slipway_tenant'
            WHERE me.rolname = current_user
            """)
        guard let row else { throw .unexpected("the server does not know its own user") }
        let user: String = try row("user_name")
        let (isThere, isMember, mayCreate): (Bool, Bool, Bool) =
            (try row("is_there"), try row("is_member"), try row("may_create"))
        guard isThere else { return mayCreate ? .creatable : .missing(user: user) }
        // A user who may create roles may give itself this one, which the migration does.
        return isMember || mayCreate ? .usable : .foreign(user: user)
    }

    /// What is wrong, and the statement that mends it; nil when nothing is.
    public var problem: String? {
        switch self {
        case .usable, .creatable: nil
        case .missing(let user):
            """
            \(user) may not create roles, and slipway_tenant is missing: as an administrator run \
            CREATE ROLE slipway_tenant NOLOGIN; GRANT slipway_tenant TO "\(user)"; then `slipway migrate`
            """
        case .foreign(let user):
            """
            \(user) is no member of slipway_tenant: as an administrator run GRANT slipway_tenant TO "\(user)"
            """
        }
    }

    public var detail: String? {
        switch self {
        case .usable: "statements for a company run as slipway_tenant and see its rows only"
        case .creatable: "`slipway migrate` makes the role slipway_tenant"
        case .missing, .foreign: nil
        }
    }
}
