import BuildStore

/// Shares new chunks out among packs.
enum PackPlanner {
    /// Bytes of content in a pack: large enough that requests are not the cost, small enough to send again.
    static let target: Int64 = 32 << 20

    /// - Parameter chunks: distinct, in the order of the files, so that what is read together lies together.
    static func plan(_ chunks: [PackPlan.Entry]) -> [PackPlan] {
        var plans: [PackPlan] = []
        var entries: [PackPlan.Entry] = []
        var bytes: Int64 = 0
        for chunk in chunks {
            if !entries.isEmpty, bytes + Int64(chunk.length) > self.target {
                plans.append(PackPlan(number: plans.count, entries: entries))
                entries = []
                bytes = 0
            }
            entries.append(chunk)
            bytes += Int64(chunk.length)
        }
        if !entries.isEmpty { plans.append(PackPlan(number: plans.count, entries: entries)) }
        return plans
    }
}
