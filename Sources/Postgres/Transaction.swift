/// A transaction, lent by ``Database/transaction(_:_:)``, which also ends it.
///
/// After a statement failed, the server refuses all others until the end, or until the ``savepoint(_:)`` around it.
public struct Transaction: SQLExecutor {
    let link: Link

    public func rows(_ sql: SQL) async throws(PostgresError) -> [Row] { try await self.link.rows(sql) }

    @discardableResult public func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await self.link.run(sql).affectedRows
    }

    /// Runs statements in one round trip.
    ///
    /// - Returns: the rows of each.
    /// - Throws: the first error, after which the transaction can only be rolled back.
    @discardableResult public func pipeline(_ statements: [SQL]) async throws(PostgresError) -> [[Row]] {
        try await self.link.pipeline(statements)
    }

    /// Copies rows into a table, 64 KiB at a time.
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

    /// Copies rows that are written as they are sent, 64 KiB at a time.
    ///
    /// - Parameter next: writes one or more rows, each ended by ``CopyWriter/endRow()``; false when there are no more.
    /// - Returns: how many rows.
    /// - Throws: ``PostgresError``, and what `next` throws, which undoes the copy.
    @discardableResult public func copy(
        into table: SQL, columns: [String], next: (inout CopyWriter) throws -> Bool
    ) async throws -> Int {
        try await self.link.copy(into: table, columns: columns, next: next)
    }

    /// Runs several statements separated by semicolons, without parameters: a file of SQL.
    public func run(script: String) async throws(PostgresError) { try await self.link.run(script: script) }

    /// Undoes what the body did when it throws, and leaves the rest of the transaction usable.
    @discardableResult public func savepoint<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws -> Value {
        try await self.execute("SAVEPOINT inner_step")
        do {
            let value = try await body()
            try await self.execute("RELEASE SAVEPOINT inner_step")
            return value
        } catch {
            try await self.link.undoSavepoint("inner_step")
            throw error
        }
    }
}
