import Content
import Delta

/// How targets are cut and gathered into groups: a large file gives several, small ones share one.
///
/// Depends on the targets and sizes alone, so that every run cuts alike.
struct GroupPlan: Sendable {
    struct Group: Sendable {
        let output: PatchView
        /// Each old file once, the likeliest first.
        var references: [PatchReference]
        /// Which groups share the same references: equal numbers do.
        let referenceSet: Int
    }

    private(set) var groups: [Group]

    /// - Parameters:
    ///   - opensStreams: whether room is left for what is in deflate streams.
    ///   - cuts: where to cut files that are cut; where a file has none, it is cut into equal pieces.
    /// - Throws: ``PatchError/invalidTarget(file:)``.
    init(
        _ targets: [PatchTarget], groupLimit: Int, referenceLimit: Int64, opensStreams: Bool,
        cuts: [PatchCut] = []
    ) throws(PatchError) {
        let cuts = Dictionary(grouping: cuts, by: \.file)
        var groups: [Group] = []
        var set = 0
        var gathered: [PatchView.Part] = []
        // As long as what was gathered may become.
        var gatheredLength: Int64 = 0
        var references: [PatchReference] = []
        var seen: Set<Int> = []
        func close() {
            guard !gathered.isEmpty else { return }
            groups.append(Group(output: PatchView(parts: gathered), references: references, referenceSet: set))
            set += 1
            gathered = []
            gatheredLength = 0
            references = []
            seen = []
        }
        for target in targets {
            let size = target.source.size
            guard target.file >= 0, target.file <= PatchLimits.files, size >= 0, size <= Int64(PatchLimits.size),
                target.references.allSatisfy({ $0.file >= 0 && $0.file <= PatchLimits.files })
            else { throw .invalidTarget(file: target.file) }
            guard size > 0 else { continue }
            let opened = opensStreams ? size * Int64(max(1, target.growth)) : size
            let own = target.references.filter { $0.source.size > 0 }
            let added = own.reduce(Int64(0)) { seen.contains($1.file) ? $0 : $0 + $1.source.size }
            let present = references.reduce(Int64(0)) { $0 + $1.source.size }
            if gatheredLength + opened > Int64(groupLimit) || added + present > referenceLimit
                || gathered.count >= PatchLimits.extents
            {
                close()
            }
            for reference in own where seen.insert(reference.file).inserted { references.append(reference) }
            if opened <= Int64(groupLimit) {
                gathered.append(
                    PatchView.Part(file: target.file, source: target.source, offset: 0, length: Int(size)))
                gatheredLength += opened
                continue
            }
            let starts = try Self.starts(target, opened: opened, groupLimit, cuts[target.file])
            for (start, end) in zip(starts, starts.dropFirst() + [size]) {
                let part = PatchView.Part(
                    file: target.file, source: target.source, offset: start, length: Int(end - start))
                groups.append(Group(output: PatchView(parts: [part]), references: references, referenceSet: set))
            }
            set += 1
            references = []
            seen = []
        }
        close()
        self.groups = groups
    }

    /// Where the groups of a large file begin.
    private static func starts(
        _ target: PatchTarget, opened: Int64, _ limit: Int, _ cuts: [PatchCut]?
    ) throws(PatchError) -> [Int64] {
        let size = target.source.size
        guard let cuts else {
            let pieces = (opened + Int64(limit) - 1) / Int64(limit)
            return Array(stride(from: 0, to: size, by: Int((size + pieces - 1) / pieces)))
        }
        let starts = [0] + cuts.map(\.offset)
        guard
            zip(starts, starts.dropFirst() + [size]).allSatisfy({ $0 < $1 && $1 - $0 <= Int64(PatchLimits.output) })
        else { throw .invalidTarget(file: target.file) }
        return starts
    }

    /// Lets every group read from `reference`, too.
    mutating func addReference(_ reference: PatchReference) {
        for group in self.groups.indices { self.groups[group].references.append(reference) }
    }
}
