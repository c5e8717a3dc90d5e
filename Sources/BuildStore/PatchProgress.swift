import Postgres

/// How far a patch in the making is.
public struct PatchProgress: Equatable, Sendable {
    /// New bytes that are made, of all; both 0 while it is being planned.
    public let bytesDone: Int64
    public let bytesTotal: Int64
    /// Name of the level; nil while it is being planned.
    public let level: String?
    /// Processor time of all attempts at all its jobs so far.
    public let spent: Duration
    /// What it may take; nil while it is being planned, and for as much as it takes.
    public let mostTime: Duration?

    init(_ row: Row) throws(PostgresError) {
        let spent: Int64 = try row("cpu_us")
        let most: Int64? = try row("most_cpu_us")
        self.bytesDone = try row("done")
        self.bytesTotal = try row("total")
        self.level = try row("level")
        self.spent = .microseconds(spent)
        self.mostTime = most.map { .microseconds($0) }
    }
}
