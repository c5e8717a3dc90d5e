public import BuildStore
public import Content
public import Patching

/// What patches may cost, and when they are worth it.
public struct PatchPolicy: Sendable {
    /// How many earlier versions a patch is made from.
    public var versions: Int
    /// To how many of them a patch back is made, so that a release can be taken back as cheaply as it was given.
    public var rollbacks: Int
    public var level: PatchLevel
    /// Memory of one encoder.
    public var memory: ByteCount
    /// Threads of one encoder.
    public var threads: Int
    /// A patch is kept when it costs at most this share of the chunks it replaces.
    public var worthwhile: Double
    /// Processor time of one patch, in seconds; nil for as much as it takes.
    public var cpuSeconds: Int64?
    /// What the patches to a version may take together, in percent of its stored chunks; nil for no limit.
    public var storagePercent: Int?

    public init(versions: Int, rollbacks: Int, level: PatchLevel, memory: ByteCount, threads: Int, worthwhile: Double) {
        self.versions = versions
        self.rollbacks = rollbacks
        self.level = level
        self.memory = memory
        self.threads = threads
        self.worthwhile = worthwhile
    }

    /// This policy within what an operator has set.
    public func within(_ budget: PatchBudget?) -> PatchPolicy {
        guard let budget else { return self }
        var policy = self
        policy.versions = budget.versions
        policy.rollbacks = min(budget.rollbacks, budget.versions)
        policy.memory = ByteCount(budget.memory)
        policy.cpuSeconds = budget.cpuSeconds
        policy.storagePercent = budget.storagePercent
        return policy
    }

    /// New bytes that a level gets through in a second of processor time, at least, by what was measured.
    private static func pace(of level: PatchLevel) -> Int64 {
        switch level {
        case .fast: 60_000_000
        case .standard: 3_500_000
        case .best: 2_000_000
        }
    }

    /// The most thorough level, up to ``level``, at which `bytes` of new content keep within the processor time.
    ///
    /// - Returns: nil when none does; then no patch is made.
    func level(for bytes: Int64) -> PatchLevel? {
        guard let seconds = self.cpuSeconds else { return self.level }
        let candidates: [PatchLevel] =
            switch self.level {
            case .fast: [.fast]
            case .standard: [.standard, .fast]
            case .best: [.best, .standard, .fast]
            }
        return candidates.first { bytes / Self.pace(of: $0) <= seconds }
    }

    /// Whether a patch is kept.
    ///
    /// - Parameters:
    ///   - replaced: what the same files cost by chunks.
    ///   - others: bytes of the patches to the same version that are kept already.
    ///   - stored: bytes of the version's chunks as stored.
    func keeps(size: Int64, replaced: Int64, others: Int64, stored: Int64) -> Bool {
        guard Double(size) <= self.worthwhile * Double(replaced) else { return false }
        guard let percent = self.storagePercent else { return true }
        return Double(size + others) <= Double(percent) / 100 * Double(stored)
    }
}
