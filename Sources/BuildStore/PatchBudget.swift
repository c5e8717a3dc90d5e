import Postgres

/// What an operator lets patches cost.
public struct PatchBudget: Equatable, Sendable {
    /// How many earlier versions a patch is made from, 0 to 50, and to how many of them one leads back.
    public var versions: Int
    public var rollbacks: Int
    /// Processor time of one patch, in seconds, 1 or more.
    public var cpuSeconds: Int64
    /// Memory of one encoder in bytes, 64 MiB to 64 GiB.
    public var memory: Int64
    /// What the patches to a version may take together, in percent of its stored chunks, 0 to 1000.
    public var storagePercent: Int

    public init(versions: Int, rollbacks: Int, cpuSeconds: Int64, memory: Int64, storagePercent: Int) {
        self.versions = versions
        self.rollbacks = rollbacks
        self.cpuSeconds = cpuSeconds
        self.memory = memory
        self.storagePercent = storagePercent
    }

    init(_ row: Row) throws(PostgresError) {
        let versions: Int32 = try row("versions")
        let rollbacks: Int32 = try row("rollbacks")
        let percent: Int32 = try row("storage_percent")
        self.versions = Int(versions)
        self.rollbacks = Int(rollbacks)
        self.cpuSeconds = try row("cpu_seconds")
        self.memory = try row("memory")
        self.storagePercent = Int(percent)
    }
}
