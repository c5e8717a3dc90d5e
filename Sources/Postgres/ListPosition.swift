/// A place in a list that is ordered by a moment, newest first, and by identifier among those of one moment.
///
/// Exact: a moment is counted in the microseconds that the database keeps, which no `Date` holds.
public struct ListPosition<ID: SQLEncodable & Equatable>: Equatable, Sendable {
    /// Since 1970.
    public let microseconds: Int64
    public let id: ID

    public init(microseconds: Int64, id: ID) {
        self.microseconds = microseconds
        self.id = id
    }

    /// Of a row that has ``ListPositions/column(of:)``.
    public init(_ row: Row, id: ID) throws(PostgresError) {
        self.init(microseconds: try row("list_microseconds"), id: id)
    }

    /// What is true of the rows behind this place.
    ///
    /// - Parameters:
    ///   - time: the column of the moment.
    ///   - id: the column of the identifier; the list is ordered by `time DESC, id`.
    public func isBefore(time: SQL, id: SQL) -> SQL {
        """
        (\(time) < timestamptz 'epoch' + \(self.microseconds) * interval '1 microsecond'
         OR \(time) = timestamptz 'epoch' + \(self.microseconds) * interval '1 microsecond' AND \(id) > \(self.id))
        """
    }
}

/// What all lists that are ordered by a moment share.
public enum ListPositions {
    /// The column that a ``ListPosition`` is read from.
    public static func column(of time: SQL) -> SQL {
        "(extract(epoch FROM \(time)) * 1000000)::bigint AS list_microseconds"
    }
}
