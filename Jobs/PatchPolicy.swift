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
    /// Memory of one job that makes groups.
    public var memory: ByteCount
    /// A patch is kept when it costs at most this share of the chunks it replaces.
    public var worthwhile: Double
    /// Processor time of one patch, in seconds; nil for as much as it takes.
    public var cpuSeconds: Int64?
    /// What the patches to a version may take together, in percent of its stored chunks; nil for no limit.
    public var storagePercent: Int?

    public init(versions: Int, rollbacks: Int, level: PatchLevel, memory: ByteCount, worthwhile: Double) {
        self.versions = versions
        self.rollbacks = rollbacks
        self.level = level
        self.memory = memory
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

    /// The most thorough level, up to ``level``, at which `bytes` of new content keep within the processor time.
    ///
    /// - Parameters:
    ///   - spent: what was spent on the patch already.
    ///   - paces: what levels cost.
    /// - Returns: nil when none does; then no patch is made.
    func level(for bytes: Int64, after spent: Duration, at paces: PatchPaces) -> PatchLevel? {
        guard let left = self.processorTime.map({ ($0 - spent) / .seconds(1) }) else { return self.level }
        let candidates: [PatchLevel] =
            switch self.level {
            case .fast: [.fast]
            case .standard: [.standard, .fast]
            case .best: [.best, .standard, .fast]
            }
        return candidates.first { paces.seconds(for: bytes, at: $0) <= left }
    }

    /// Processor time of one patch; nil for as much as it takes.
    var processorTime: Duration? { self.cpuSeconds.map { .seconds($0) } }

    /// The most bytes of a patch that is worth it.
    ///
    /// - Parameters:
    ///   - replaced: what the same files cost by chunks.
    ///   - stored: bytes of the version's chunks as stored.
    ///   - others: bytes of the patches to the same version that are worth more.
    func mostBytes(replacing replaced: Int64, stored: Int64, others: Int64) -> Int64 {
        let worthwhile = Int64(self.worthwhile * Double(replaced))
        guard let room = self.storage(of: stored) else { return worthwhile }
        return min(worthwhile, room - others)
    }

    /// Whether a patch costs so much less than the chunks it replaces that it is kept.
    func isWorthIt(size: Int64, replacing replaced: Int64) -> Bool {
        Double(size) <= self.worthwhile * Double(replaced)
    }

    /// Why a patch that would take more than ``mostBytes(replacing:stored:others:)`` is not made.
    func reason(for most: Int64, replacing replaced: Int64) -> PatchRecord.Reason {
        most < Int64(self.worthwhile * Double(replaced)) ? .noRoom : .chunksAreCheaper
    }

    /// Bytes that all patches to a version may take; nil for no limit.
    func storage(of stored: Int64) -> Int64? {
        self.storagePercent.map { Int64(Double($0) / 100 * Double(stored)) }
    }

    /// What a patch is worth among those to the same version, smaller being more: the likeliest old version first, and ways
    /// back last.
    static func rank(_ place: Int, isRollback: Bool) -> Int { isRollback ? self.rollbackRank + place : place }

    private static let rollbackRank = 1000
}
