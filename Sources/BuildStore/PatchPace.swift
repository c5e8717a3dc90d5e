import Postgres

/// What a level has cost of late.
public struct PatchPace: Equatable, Sendable {
    /// Name of the level.
    public let level: String
    /// New bytes that were made by it, and the processor time of all that was done for them.
    public let bytes: Int64
    public let spent: Duration

    public init(level: String, bytes: Int64, spent: Duration) {
        self.level = level
        self.bytes = bytes
        self.spent = spent
    }

    init(_ row: Row) throws(PostgresError) {
        let microseconds: Int64 = try row("cpu_us")
        self.level = try row("level")
        self.bytes = try row("bytes")
        self.spent = .microseconds(microseconds)
    }
}
