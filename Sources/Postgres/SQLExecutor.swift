/// Whatever runs statements: a ``Database``, a ``Connection``, a ``Transaction``.
public protocol SQLExecutor: Sendable {
    /// Runs a statement and gives all its rows.
    func rows(_ sql: SQL) async throws(PostgresError) -> [Row]

    /// Runs a statement and gives the number of rows it inserted, changed, deleted or returned.
    @discardableResult func execute(_ sql: SQL) async throws(PostgresError) -> Int
}

extension SQLExecutor {
    /// The first row, if there is any.
    public func row(_ sql: SQL) async throws(PostgresError) -> Row? { try await self.rows(sql).first }
}
