import Content

/// Where a new file is cut into groups.
public struct PatchCut: Hashable, Sendable {
    /// Index in the new manifest.
    public let file: Int
    /// First byte of a group.
    public let offset: Int64

    public init(file: Int, offset: Int64) {
        self.file = file
        self.offset = offset
    }
}

extension PatchOutline {
    /// Indexes of the new files that ``memberCuts()`` reads: those that hold members and are too large for one group.
    public var archives: Set<Int> { Set(self.cutArchives.map(\.file)) }

    private var cutArchives: [PatchTarget] {
        guard self.level != .fast else { return [] }
        return self.targets.filter { $0.growth > 1 && $0.source.size * Int64($0.growth) > Int64(self.limits.group) }
    }

    /// Finds where archives are best cut, so that no member is in two groups: such a one cannot be opened.
    ///
    /// Reads the directory at the end of each archive. The cuts are one more thing that decides the bytes of a patch.
    ///
    /// - Throws: as the sources do.
    public func memberCuts() throws -> [PatchCut] {
        try self.cutArchives.flatMap { target in
            let members = try ArchiveMembers(of: target.source)
            let cuts = members?.cuts(
                size: target.source.size, most: (Int64(self.limits.group), Int64(self.limits.opened)))
            return (cuts ?? []).map { PatchCut(file: target.file, offset: $0) }
        }
    }

    /// The same with files cut where `cuts` says.
    ///
    /// - Parameter cuts: as ``memberCuts()`` made them.
    /// - Throws: ``PatchError/invalidTarget(file:)`` for cuts that do not ascend within a file, or lie too far apart.
    public func cut(at cuts: [PatchCut]) throws(PatchError) -> PatchOutline {
        try PatchOutline(self.targets, level: self.level, limits: self.limits, cuts: cuts)
    }
}
