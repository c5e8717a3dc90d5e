/// How far an upload in parts has come, judged by what the store says it has.
///
/// Never by what a client remembers: after a crash of either side the store's list is the truth.
public struct UploadState: Equatable, Sendable {
    public let plan: PartPlan
    private var parts: [Int: PartInfo]

    /// - Parameter stored: the store's list, in any order. Parts of another size than the plan's count as missing.
    public init(plan: PartPlan, stored: [PartInfo]) {
        self.plan = plan
        self.parts = [:]
        for part in stored { self.record(part) }
    }

    /// Notes a part that the store took.
    ///
    /// The last one of a number counts.
    ///
    /// - Returns: false when it does not fit the plan; nothing is noted then.
    @discardableResult
    public mutating func record(_ part: PartInfo) -> Bool {
        guard (1...self.plan.count).contains(part.number) else { return false }
        let range = self.plan.range(of: part.number)
        guard part.size == range.upperBound - range.lowerBound else { return false }
        self.parts[part.number] = part
        return true
    }

    /// Numbers still to be sent, ascending.
    public var missing: [Int] { (1...self.plan.count).filter { self.parts[$0] == nil } }

    public var isComplete: Bool { self.parts.count == self.plan.count }

    /// The parts to complete the upload with, ascending.
    public var stored: [PartInfo] { self.parts.values.sorted { $0.number < $1.number } }

    /// Bytes that need not be sent again.
    public var storedBytes: Int64 { self.parts.values.reduce(0) { $0 + $1.size } }
}
