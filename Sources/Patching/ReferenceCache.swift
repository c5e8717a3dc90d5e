import Content
import Delta
import Synchronization

/// New bytes matched against old ones in memory.
struct MatchedReferences {
    let view: PatchView
    let bytes: [UInt8]
    let covers: [Cover]
}

/// Old bytes in memory and the plan made over them.
final class LoadedReferences: Sendable {
    private let view: PatchView
    private let bytes: [UInt8]
    private let plan: DifferencePlan
    private let isExhaustive: Bool

    convenience init(_ view: PatchView, matching: DifferencePlan.Matching) throws {
        self.init(view, bytes: try view.read(), matching: matching)
    }

    /// - Parameter bytes: of `view`.
    init(_ view: PatchView, bytes: [UInt8], matching: DifferencePlan.Matching) {
        self.view = view
        self.bytes = bytes
        self.plan = DifferencePlan(old: bytes.span, matching: matching)
        self.isExhaustive = matching == .exhaustive
    }

    func match(_ new: Span<UInt8>) throws -> MatchedReferences {
        let bytes = self.bytes
        let price = try self.isExhaustive ? AlignmentTrial.price(self.plan, new: new, old: bytes) : .dear
        let covers = self.plan.covers(of: new, in: bytes.span, literals: price)
        return MatchedReferences(view: self.view, bytes: bytes, covers: covers)
    }
}

/// Old bytes too many for memory, known by their samples.
final class IndexedReferences: Sendable {
    private let view: WideView
    private let index: SeedIndex
    private let matching: DifferencePlan.Matching

    init(_ references: [PatchReference], memory: Int, matching: DifferencePlan.Matching) throws {
        self.matching = matching
        self.view = WideView(references)
        self.index = try SeedIndex(reading: references, memory: memory)
    }

    /// Matches `new` against the old bytes it shares samples with; what is made for that is gone afterwards.
    func match(_ new: Span<UInt8>, limit: Int) throws -> MatchedReferences? {
        let ranges = SeedWindows.ranges(for: self.index.runs(of: new), length: self.view.length, limit: limit)
        guard !ranges.isEmpty else { return nil }
        let view = self.view.narrowed(to: ranges)
        let bytes = try view.read()
        let quick = try LoadedReferences(view, bytes: bytes, matching: .quick).match(new)
        guard self.matching == .exhaustive, try MatchTrial.isWorthMore(quick, new: new) else { return quick }
        return try LoadedReferences(view, bytes: bytes, matching: .exhaustive).match(new)
    }
}

/// Whole files of any size side by side.
struct WideView: Sendable {
    private let references: [PatchReference]

    init(_ references: [PatchReference]) { self.references = references }

    var length: Int64 { self.references.reduce(0) { $0 + $1.source.size } }

    /// The parts in `ranges`, which are ascending, not empty and do not overlap.
    func narrowed(to ranges: [Range<Int64>]) -> PatchView {
        var parts: [PatchView.Part] = []
        var start: Int64 = 0
        var reference = 0
        for range in ranges {
            var lower = range.lowerBound
            while lower < range.upperBound {
                while lower >= start + self.references[reference].source.size {
                    start += self.references[reference].source.size
                    reference += 1
                }
                let upper = min(range.upperBound, start + self.references[reference].source.size)
                parts.append(
                    PatchView.Part(
                        file: self.references[reference].file, source: self.references[reference].source,
                        offset: lower - start, length: Int(upper - lower)))
                lower = upper
            }
        }
        return PatchView(parts: parts)
    }
}

/// Keeps what was loaded last of the references that groups share.
///
/// Whoever asks first loads; the others wait, for the memory of a second copy is not there.
final class ReferenceCache: Sendable {
    private enum Content {
        case loaded(LoadedReferences)
        case indexed(IndexedReferences)
    }

    private struct Entry {
        let set: Int
        let content: Content
    }

    private let last = Mutex<Entry?>(nil)
    private let limits: ReferenceLimits

    private let matching: DifferencePlan.Matching

    init(limits: ReferenceLimits, matching: DifferencePlan.Matching) {
        self.limits = limits
        self.matching = matching
    }

    /// Matches the new bytes of `group` against its references; nil when none look alike.
    func match(_ new: Span<UInt8>, of group: GroupPlan.Group) throws -> MatchedReferences? {
        let content = try self.last.withLock { last in
            if let entry = last, entry.set == group.referenceSet { return entry.content }
            last = nil
            let content = try self.load(group.references)
            last = Entry(set: group.referenceSet, content: content)
            return content
        }
        switch content {
        case .loaded(let references): return try references.match(new)
        case .indexed(let references): return try references.match(new, limit: self.limits.windows)
        }
    }

    private func load(_ references: [PatchReference]) throws -> Content {
        let view = WideView(references)
        guard view.length > Int64(self.limits.whole) else {
            return .loaded(try LoadedReferences(view.narrowed(to: [0..<view.length]), matching: self.matching))
        }
        return .indexed(try IndexedReferences(references, memory: self.limits.index, matching: self.matching))
    }
}

/// How much of the old version may be in memory, from what a thread may use.
struct ReferenceLimits: Sendable {
    /// Bytes of references that are matched whole.
    let whole: Int
    /// Bytes of the seed index over larger ones.
    let index: Int
    /// Bytes in memory at once when an index chose them.
    let windows: Int

    /// Matching takes each old byte, four for its place among the suffixes, half of one for the filter in front, and
    /// 16 MiB for the table; a group takes its new bytes twice, its old ones again, and the compressor's tables.
    init(memory: ByteCount) {
        let memory = Int(clamping: memory.bytes)
        self.whole = min(1 << 30, max(1 << 20, (memory - (112 << 20)) / 6))
        self.index = min(128 << 20, max(1 << 20, memory / 8))
        self.windows = min(PatchLimits.input, max(1 << 20, (memory - (176 << 20) - self.index) / 6))
    }
}
