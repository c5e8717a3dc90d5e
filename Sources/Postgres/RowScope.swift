public import FoundationEssentials

/// Whose rows statements see and may change: a second wall behind the conditions of every query.
///
/// Bound to a task, like a logger. While it is, every statement of a ``Database`` runs in the role `slipway_tenant`, which
/// row-level security holds, with the owner in `slipway.developer_id`; a migration makes both. A query that forgot its
/// condition finds nothing of anybody else's then. Without a scope statements run in the connection's own role: jobs, and
/// what the platform does.
public struct RowScope: Hashable, Sendable {
    public let owner: UUID

    public init(owner: UUID) { self.owner = owner }

    @TaskLocal public static var current: RowScope?

    /// Enters the scope until the transaction ends.
    var statement: SQL {
        """
        SELECT set_config('slipway.developer_id', \(self.owner.uuidString)::text, true),
               set_config('role', 'slipway_tenant', true)
        """
    }
}
