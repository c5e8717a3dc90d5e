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

    /// Where the common bytes lie in new files; nowhere when there are too few.
    func extents(isCancelled: () -> Bool) throws -> [PatchExtent] {
        guard self.plan.groups.count > 1 else { return [] }
        let references = self.references
        let length = WideView(references).length
        guard length <= Self.mostReferences else { return [] }
        let old = try SeedIndex(reading: references, memory: self.limits.index)
        var finder = RepeatFinder(old: old, memory: self.limits.repeats)
        for (number, group) in self.plan.groups.enumerated() {
            guard !isCancelled() else { throw PatchError.cancelled }
            let bytes = try group.output.read()
            finder.add(bytes.span, group: number)
        }
        let ranges = finder.ranges(least: Self.leastLength, most: Self.mostTotal)
        let total = ranges.reduce(0) { $0 + $1.ranges.reduce(0) { $0 + $1.count } }
        guard total >= Self.leastTotal else { return [] }
        return ranges.flatMap { group, ranges in self.plan.groups[group].output.narrowed(to: ranges).extents }
    }

    /// The group that makes the common bytes, which are read here.
    ///
    /// - Parameter extents: as ``extents(isCancelled:)`` found them.
    func group(of extents: [PatchExtent]) throws -> GroupPlan.Group {
        var sources: [Int: any ByteSource] = [:]
        for part in self.plan.groups.lazy.flatMap(\.output.parts) { sources[part.file] = part.source }
        let parts = try extents.map { extent throws(PatchError) in
            guard let source = sources[extent.file] else { throw .invalidTarget(file: extent.file) }
            return PatchView.Part(file: extent.file, source: source, offset: extent.offset, length: extent.length)
        }
        let bytes = try PatchView(parts: parts).read()
        let part = PatchView.Part(file: -1, source: MemorySource(bytes), offset: 0, length: bytes.count)
        let set = (self.plan.groups.map(\.referenceSet).max() ?? 0) + 1
        return GroupPlan.Group(output: PatchView(parts: [part]), references: self.references, referenceSet: set)
    }

    /// The old files of all groups, each once.
    private var references: [PatchReference] {
        var seen: Set<Int> = []
        return self.plan.groups.flatMap(\.references).filter { seen.insert($0.file).inserted }
    }
}

extension SeedIndex {
    /// Samples whole files, read in blocks.
    init(reading references: [PatchReference], memory: Int) throws {
        let total = WideView(references).length
        guard total < 1 << 40 else { throw PatchError.invalidTarget(file: references[0].file) }
        self.init(length: total, memory: memory)
        var block = [UInt8](repeating: 0, count: Int(min(1 << 20, total)) + SeedIndex.window)
        var position: Int64 = 0
        for reference in references {
            var offset: Int64 = 0
            while offset < reference.source.size {
                // Each block repeats the end of the one before, so that no window is lost between them.
                let repeated = min(offset, Int64(SeedIndex.window))
                let count = Int(min(1 << 20, reference.source.size - offset) + repeated)
                try reference.source.read(count, at: offset - repeated, into: &block)
                self.add(
                    block.span.extracting(0..<count), at: position + offset - repeated, skipped: Int(repeated))
                offset += Int64(count) - repeated
            }
            position += reference.source.size
        }
    }
}
