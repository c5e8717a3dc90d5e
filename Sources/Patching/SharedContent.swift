import Content
import Delta

/// New bytes that several groups have in common and the old version does not have.
///
/// Groups apply alone, so each would carry them again; a shared group carries them once for all.
struct SharedContent {
    private let plan: GroupPlan
    private let limits: ReferenceLimits

    /// Shorter runs are not worth the trouble.
    private static let leastLength = 256
    private static let leastTotal = 64 << 10
    private static let mostTotal = 16 << 20
    private static let mostReferences: Int64 = 4 << 30

    init(_ plan: GroupPlan, limits: ReferenceLimits) {
        self.plan = plan
        self.limits = limits
    }

    /// A group that makes the common bytes, or nil when there are too few.
    func group(isCancelled: () -> Bool) throws -> GroupPlan.Group? {
        guard self.plan.groups.count > 1 else { return nil }
        var references: [PatchReference] = []
        var seen: Set<Int> = []
        for group in self.plan.groups {
            for reference in group.references where seen.insert(reference.file).inserted { references.append(reference) }
        }
        let length = WideView(references).length
        guard length <= Self.mostReferences else { return nil }
        let old = try SeedIndex(reading: references, memory: self.limits.index)
        var finder = RepeatFinder(old: old, memory: self.limits.index / 4)
        for (number, group) in self.plan.groups.enumerated() {
            guard !isCancelled() else { throw PatchError.cancelled }
            let bytes = try group.output.read()
            finder.add(bytes.span, group: number)
        }
        let ranges = finder.ranges(least: Self.leastLength, most: Self.mostTotal)
        let total = ranges.reduce(0) { $0 + $1.ranges.reduce(0) { $0 + $1.count } }
        guard total >= Self.leastTotal else { return nil }
        var parts: [PatchView.Part] = []
        for (group, ranges) in ranges {
            parts.append(contentsOf: self.plan.groups[group].output.narrowed(to: ranges).parts)
        }
        let set = (self.plan.groups.map(\.referenceSet).max() ?? 0) + 1
        let bytes = try PatchView(parts: parts).read()
        let part = PatchView.Part(file: -1, source: MemorySource(bytes), offset: 0, length: bytes.count)
        return GroupPlan.Group(output: PatchView(parts: [part]), references: references, referenceSet: set)
    }
}

extension SeedIndex {
    /// Samples whole files, read in blocks.
    init(reading references: [PatchReference], memory: Int) throws {
        let total = WideView(references).length
        guard total < 1 << 40 else { throw PatchError.invalidTarget(file: references[0].file) }
        self.init(length: total, memory: memory)
        var position: Int64 = 0
        for reference in references {
            var offset: Int64 = 0
            while offset < reference.source.size {
                // Each block repeats the end of the one before, so that no window is lost between them.
                let repeated = min(offset, 32)
                let count = Int(min(4 << 20, reference.source.size - offset) + repeated)
                let bytes = try reference.source.read(count, at: offset - repeated)
                self.add(bytes.span, at: position + offset - repeated, skipped: Int(repeated))
                offset += Int64(count) - repeated
            }
            position += reference.source.size
        }
    }
}
