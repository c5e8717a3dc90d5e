public import Postgres

/// The number of a job's row; later jobs have larger ones.
public struct JobID: RawRepresentable, Hashable, Comparable, Codable, Sendable, LosslessStringConvertible, SQLEncodable
{
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public init?(_ description: String) {
        guard let value = Int64(description), value > 0 else { return nil }
        self.init(rawValue: value)
    }

    public var description: String { "\(self.rawValue)" }

    public var sqlValue: SQLValue { self.rawValue.sqlValue }

    public static func < (left: JobID, right: JobID) -> Bool { left.rawValue < right.rawValue }
}
