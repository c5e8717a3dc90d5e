/// An error as the server reports it.
public struct ServerFault: Error, Equatable, Sendable {
    public let sqlState: SQLState
    public let message: String
    public let detail: String?
    public let hint: String?

    /// The constraint that was violated, if one was.
    public let constraint: String?
    public let table: String?
    public let column: String?

    /// The function in the server's source that reported it; the same in every language.
    public let routine: String?

    public init(
        sqlState: SQLState, message: String, detail: String? = nil, hint: String? = nil, constraint: String? = nil,
        table: String? = nil, column: String? = nil, routine: String? = nil
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.constraint = constraint
        self.table = table
        self.column = column
        self.routine = routine
    }
}

extension ServerFault {
    /// Whether a prepared statement outlived what it was planned for, by a migration or a pooler in between.
    var isStalePlan: Bool {
        self.sqlState == .undefinedPreparedStatement
            || self.sqlState == .featureNotSupported && self.routine == "RevalidateCachedQuery"
    }
}

extension ServerFault: CustomStringConvertible {
    public var description: String {
        let rest = [self.detail, self.hint].compactMap(\.self).map { ". \($0)" }.joined()
        return "\(self.message) (\(self.sqlState.rawValue))\(rest)"
    }
}
