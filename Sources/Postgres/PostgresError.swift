/// Why a statement, or the wait for a connection, came to nothing.
public enum PostgresError: Error, Equatable, Sendable {
    /// No connection could be made in time, or the server refuses us for good. Nothing was sent.
    case connectFailed(reason: String)

    /// The connection broke while a statement ran; whether a COMMIT took effect is unknown.
    case connectionLost(reason: String)

    /// The server answered with an error.
    case server(ServerFault)

    /// Our limit passed: of the statement, which was then cancelled on the server, or of the wait for a connection.
    case timedOut(after: Duration)

    /// The task was cancelled, and its statement with it.
    case cancelled

    /// The database was closed.
    case poolClosed

    /// A column does not hold what was asked of it; `got` is its text, nil for NULL.
    case decoding(column: String, expected: String, got: String?)

    /// The API was used in a way it does not allow: our bug.
    case unexpected(String)
}

extension PostgresError {
    /// The server's SQLSTATE, when the server answered at all.
    public var sqlState: SQLState? {
        guard case .server(let fault) = self else { return nil }
        return fault.sqlState
    }

    /// Whether the same transaction may succeed when it is run again, from its first statement.
    ///
    /// False for a lost connection: the work may have been done.
    public var isTransient: Bool {
        switch self {
        case .server(let fault): fault.sqlState.isTransient || fault.isStalePlan
        case .connectFailed, .timedOut: true
        case .connectionLost, .cancelled, .poolClosed, .decoding, .unexpected: false
        }
    }
}
