import BuildStore

/// Shares new chunks out among packs, one after the other.
struct PackPlanner {
    /// Bytes of content in a pack: large enough that requests are not the cost, small enough to send again.
    static let target: Int64 = 32 << 20

    /// Packs planned so far.
    private(set) var count = 0
    private var entries: [PackPlan.Entry] = []
    private var bytes: Int64 = 0

    /// Adds a chunk that no other is equal to, in the order of the files, so that what is read together lies together.
    ///
    /// - Returns: the plan of a pack that is full without it.
    mutating func add(_ chunk: PackPlan.Entry) -> PackPlan? {
        let full = self.bytes + Int64(chunk.length) > Self.target ? self.finish() : nil
        self.entries.append(chunk)
        self.bytes += Int64(chunk.length)
        return full
    }

    /// The plan of the last pack; nil when nothing is left for one.
    mutating func finish() -> PackPlan? {
        guard !self.entries.isEmpty else { return nil }
        let plan = PackPlan(number: self.count, entries: self.entries)
        self.count += 1
        self.entries = []
        self.bytes = 0
        return plan
    }
}
