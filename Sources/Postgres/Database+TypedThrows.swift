/// The same for bodies that only run SQL, spelled `{ transaction throws(PostgresError) in … }`.
///
/// So stores can keep the type of their errors.
extension Database {
    /// ``withConnection(_:)-(_)``, whose only errors are the database's.
    @discardableResult public func withConnection<Value: Sendable>(
        _ body: (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        do { return try await self.lendConnection(body) } catch { throw .typed(error) }
    }

    /// ``transaction(_:_:)``, whose only errors are the database's.
    @discardableResult public func transaction<Value: Sendable>(
        _ isolation: Isolation = .readCommitted, _ body: (Transaction) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        do { return try await self.runTransaction(isolation, body) } catch { throw .typed(error) }
    }

    /// ``retryingTransaction(_:attempts:_:)``, whose only errors are the database's.
    @discardableResult public func retryingTransaction<Value: Sendable>(
        _ isolation: Isolation = .readCommitted, attempts: Int,
        _ body: (Transaction) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        do { return try await self.repeatTransaction(isolation, attempts: attempts, body) } catch {
            throw .typed(error)
        }
    }
}

extension PostgresError {
    /// The error of something that throws no other kind, though its type does not say so.
    fileprivate static func typed(_ error: any Error) -> PostgresError {
        guard let error = error as? PostgresError else { preconditionFailure("not an error of the database: \(error)") }
        return error
    }
}
