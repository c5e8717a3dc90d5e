public import Content
public import Delta

/// What a patch will be made of: its groups, before any of them is made.
///
/// Cut by the files' sizes and kinds alone, so that whoever makes an outline of the same targets, on whatever machine, makes the same one,
/// and nothing is read. The groups are then made anywhere, in any order (``GroupEncoder``), and put together (``PatchAssembly``).
public struct PatchOutline: Sendable {
    let plan: GroupPlan
    let targets: [PatchTarget]
    let level: PatchLevel
    let limits: ReferenceLimits

    /// - Parameters:
    ///   - targets: the files that are not in the old version under any path, in the order of the new manifest.
    ///   - memory: for whoever makes groups, one at a time; best 256 MiB or more. It and `level` are part of what decides the
    ///     bytes.
    /// - Throws: ``PatchError/invalidTarget(file:)``.
    public init(_ targets: [PatchTarget], level: PatchLevel, memory: ByteCount) throws(PatchError) {
        try self.init(
            targets, level: level, limits: ReferenceLimits(memory: memory, matching: level.matching), cuts: [])
    }

    init(
        _ targets: [PatchTarget], level: PatchLevel, limits: ReferenceLimits, cuts: [PatchCut]
    ) throws(PatchError) {
        self.targets = targets
        self.level = level
        self.limits = limits
        self.plan = try GroupPlan(
            targets, groupLimit: limits.group, referenceLimit: Int64(limits.whole), opensStreams: level != .fast,
            cuts: cuts)
    }

    /// Groups, numbered from 0; the shared one is not among them.
    public var count: Int { self.plan.groups.count }

    /// New bytes of one group.
    public func outputBytes(of group: Int) -> Int64 { Int64(self.plan.groups[group].output.length) }

    /// Indexes of the files that making one group reads, in their manifests.
    public func files(of group: Int) -> (new: [Int], old: [Int]) {
        let group = self.plan.groups[group]
        return (group.output.parts.map(\.file), group.references.map(\.file))
    }

    /// Indexes of all files that any group reads.
    public var files: (new: Set<Int>, old: Set<Int>) {
        self.plan.groups.reduce(into: ([], [])) { files, group in
            files.new.formUnion(group.output.parts.map(\.file))
            files.old.formUnion(group.references.map(\.file))
        }
    }

    /// Whether ``sharedExtents(isCancelled:)`` has anything to look for; if not, it reads nothing.
    public var mayShare: Bool { self.level != .fast && self.count > 1 }

    /// Finds what several groups have in common and the old version lacks, which one more group then makes for all of them.
    ///
    /// Reads all files once, from first to last, in blocks.
    ///
    /// - Returns: runs of new files, 16 MiB in all at most; none when it is not worth a group.
    /// - Throws: ``PatchError/cancelled``, or as the sources do.
    public func sharedExtents(isCancelled: () -> Bool) throws -> [PatchExtent] {
        guard self.mayShare else { return [] }
        return try SharedContent(self.plan, limits: self.limits).extents(isCancelled: isCancelled)
    }
}
