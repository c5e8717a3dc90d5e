/// One connection, lent by ``Database/withConnection(_:)``.
///
/// What is set on it (`SET`, temporary tables, advisory locks of the session) stays on it for whoever gets it next:
/// prefer what ends with a transaction.
public struct Connection: SQLExecutor {
    let link: Link

    public func rows(_ sql: SQL) async throws(PostgresError) -> [Row] { try await self.link.rows(sql) }

    @discardableResult public func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await self.link.run(sql).affectedRows
    }

    /// Runs statements in one round trip, all or none of them.
    ///
    /// - Returns: the rows of each.
    /// - Throws: the first error; nothing was changed then, and the connection stays usable.
    @discardableResult public func pipeline(_ statements: [SQL]) async throws(PostgresError) -> [[Row]] {
        try await self.link.pipeline(statements)
    }

    /// Runs groups of statements in one round trip, each group all or nothing, and one whether or not those before it failed.
    ///
    /// - Parameter timesCommit: measures how long the last group's commit takes, which has the answer come in two parts.
    /// - Throws: ``PostgresError`` when the connection is lost or given up; groups may have been committed all the same.
    public func pipeline(groups: [[SQL]], timesCommit: Bool = false) async throws(PostgresError) -> PipelineAnswer {
        try await self.link.pipeline(groups: groups, timesCommit: timesCommit)
    }

    /// Copies rows into a table, 64 KiB at a time, all or none of them.
    ///
    /// - Parameters:
    ///   - table: its name, trusted; it can have no parameters.
    ///   - columns: names in the order of the values of each row; quoted here.
    ///   - rows: read once, while the copy goes on.
    /// - Returns: how many rows.
    @discardableResult public func copy(
        into table: SQL, columns: [String], rows: some Sequence<[any SQLEncodable]>
    ) async throws(PostgresError) -> Int {
        try await self.link.copy(into: table, columns: columns, rows: rows)
    }

    /// Runs several statements separated by semicolons, without parameters, as one transaction unless they say
    /// otherwise: a file of SQL.
    public func run(script: String) async throws(PostgresError) { try await self.link.run(script: script) }
}
