public import Content
public import Delta

/// What became of a file's content, seen below the level of chunks: a packer that puts small parts in another order, or
/// writes a time beside each, leaves no chunk as it was, though nearly every byte is there.
public struct ContentLook: Equatable, Sendable {
    /// New bytes that were looked at, and of these the ones that lie in long likenesses of old ones.
    public private(set) var size = 0
    public private(set) var known = 0
    /// Known bytes that do not come in the order they had, within a stretch.
    public private(set) var moved = 0
    /// Blocks that were looked at, and of these the ones where bytes differ amid likeness.
    public private(set) var blocks = 0
    public private(set) var touchedBlocks = 0

    /// A shorter likeness may be chance.
    private static let leastLikeness = 256
    private static let block = 64 << 10
    /// Stretches of a large file that are looked at, evenly spread.
    private static let mostStretches = 8
    /// Unless somebody says otherwise.
    public static let memory = ByteCount.mebibytes(512)
    /// What decides by how much each matters, as ``UpdateReason`` is told of chunks.
    private static let some = 0.2
    private static let most = 0.5
    private static let nearlyAll = 0.8

    /// Reads a new file, or stretches of it, and the old files it resembles.
    ///
    /// - Parameter memory: what may be taken for it.
    /// - Throws: as the sources do.
    public init(at new: any ByteSource, references: [any ByteSource], memory: ByteCount = Self.memory) throws {
        let limits = ReferenceLimits(memory: memory, matching: .hasty)
        let target = PatchTarget(
            file: 0, source: new, references: references.enumerated().map { PatchReference(file: $0, source: $1) })
        let plan = try GroupPlan(
            [target], groupLimit: PatchLimits.output, referenceLimit: Int64(limits.whole), opensStreams: false)
        let cache = ReferenceCache(limits: limits, matching: .hasty)
        let step = max(1, (plan.groups.count + Self.mostStretches - 1) / Self.mostStretches)
        for number in stride(from: 0, to: plan.groups.count, by: step) {
            let group = plan.groups[number]
            let bytes = try group.output.read()
            self.size += bytes.count
            self.blocks += (bytes.count + Self.block - 1) / Self.block
            guard !group.references.isEmpty, let matched = try cache.match(bytes.span, of: group) else { continue }
            self.add(matched, bytes.span)
        }
    }

    private mutating func add(_ matched: MatchedReferences, _ new: Span<UInt8>) {
        let covers = matched.covers.filter { $0.length >= Self.leastLikeness }
        let old = matched.bytes.span
        var touched: Set<Int> = []
        var last: Cover?
        for cover in covers {
            // Something short was put in, or taken out, between two likenesses that follow each other.
            if let last, abs(cover.displacement - last.displacement) < Self.leastLikeness {
                touched.insert(cover.newStart / Self.block)
            }
            for offset in 0..<cover.length where new[cover.newStart + offset] != old[cover.oldStart + offset] {
                touched.insert((cover.newStart + offset) / Self.block)
            }
            last = cover
        }
        let known = covers.reduce(0) { $0 + $1.length }
        self.known += known
        self.moved += known - Self.inOrder(covers)
        self.touchedBlocks += touched.count
    }

    /// The most bytes of covers whose old places ascend as their new ones do: a heaviest ascending chain, by a tree of
    /// prefix maxima (Fenwick, 1994).
    private static func inOrder(_ covers: [Cover]) -> Int {
        let ranks = covers.indices.sorted { (covers[$0].oldStart, $0) < (covers[$1].oldStart, $1) }
        var places = [Int](repeating: 0, count: covers.count)
        for (rank, index) in ranks.enumerated() { places[index] = rank + 1 }
        var tree = [Int](repeating: 0, count: covers.count + 1)
        for (index, cover) in covers.enumerated() {
            var best = 0
            var place = places[index]
            while place > 0 {
                best = max(best, tree[place])
                place -= place & -place
            }
            place = places[index]
            while place <= covers.count {
                tree[place] = max(tree[place], best + cover.length)
                place += place & -place
            }
        }
        var best = 0
        var place = covers.count
        while place > 0 {
            best = max(best, tree[place])
            place -= place & -place
        }
        return best
    }

    /// The reasons that chunks told, made right.
    ///
    /// - Parameter isProgram: whether code is expected to change all over.
    public func reasons(insteadOf coarse: [UpdateReason], isProgram: Bool) -> [UpdateReason] {
        let (size, known) = (Double(self.size), Double(self.known))
        guard known > Self.some * size else { return coarse }
        var reasons: [UpdateReason] = []
        if !isProgram, Double(self.moved) > Self.some * known { reasons.append(.reshuffled) }
        if !isProgram, known > Self.nearlyAll * size, Double(self.touchedBlocks) > Self.some * Double(self.blocks) {
            reasons.append(.scatteredChanges)
        }
        // What is known nearly everywhere is dear for another reason than that it does not compress.
        if coarse.contains(.alreadyCompressed), known < Self.most * size {
            reasons.append(.alreadyCompressed)
        }
        return reasons
    }
}

extension ContentLook {
    /// Changes below this cost are not worth reading files for.
    private static let least: Int64 = 1 << 20

    /// Looks into the edited files that cost most of an update, and tells their reasons anew.
    ///
    /// - Parameters:
    ///   - memory: what may be taken for it.
    ///   - new: opens a new file.
    ///   - old: opens the old file with this index.
    /// - Throws: as `new`, `old` and the sources do.
    public static func explain(
        _ changes: [FileChange], memory: ByteCount = Self.memory, new: (FileChange) throws -> any ByteSource,
        old: (Int) throws -> any ByteSource
    ) throws -> [FileChange] {
        try changes.map { change in
            guard case .edited(let references) = change.kind, change.chunkBytes >= self.least else { return change }
            let source = try new(change)
            let look = try ContentLook(at: source, references: references.map(old), memory: memory)
            return change.explained(
                by: look.reasons(insteadOf: change.reasons, isProgram: try self.isProgram(source)))
        }
    }

    /// By the first bytes of ELF, PE and Mach-O files.
    private static func isProgram(_ source: any ByteSource) throws -> Bool {
        guard source.size >= 4 else { return false }
        let start = try source.read(4, at: 0)
        return start == [0x7F, 0x45, 0x4C, 0x46] || start[..<2] == [0x4D, 0x5A]
            || [[0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE]].contains(start)
    }
}
