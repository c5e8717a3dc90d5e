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

    /// - Throws: ``PatchError/invalidTarget(file:)``.
    init(_ targets: [PatchTarget], groupLimit: Int, referenceLimit: Int64) throws(PatchError) {
        var groups: [Group] = []
        var set = 0
        var gathered: [PatchView.Part] = []
        var gatheredLength = 0
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
            let own = target.references.filter { $0.source.size > 0 }
            let added = own.reduce(Int64(0)) { seen.contains($1.file) ? $0 : $0 + $1.source.size }
            let present = references.reduce(Int64(0)) { $0 + $1.source.size }
            if Int64(gatheredLength) + size > Int64(groupLimit) || added + present > referenceLimit
                || gathered.count >= PatchLimits.extents
            {
                close()
            }
            for reference in own where seen.insert(reference.file).inserted { references.append(reference) }
            if size <= Int64(groupLimit) {
                gathered.append(
                    PatchView.Part(file: target.file, source: target.source, offset: 0, length: Int(size)))
                gatheredLength += Int(size)
                continue
            }
            let pieces = (size + Int64(groupLimit) - 1) / Int64(groupLimit)
            let pieceLength = (size + pieces - 1) / pieces
            for offset in stride(from: Int64(0), to: size, by: Int(pieceLength)) {
                let part = PatchView.Part(
                    file: target.file, source: target.source, offset: offset,
                    length: Int(min(pieceLength, size - offset)))
                groups.append(Group(output: PatchView(parts: [part]), references: references, referenceSet: set))
            }
            set += 1
            references = []
            seen = []
        }
        close()
        self.groups = groups
    }

    /// Lets every group read from `reference`, too.
    mutating func addReference(_ reference: PatchReference) {
        for group in self.groups.indices { self.groups[group].references.append(reference) }
    }
}
