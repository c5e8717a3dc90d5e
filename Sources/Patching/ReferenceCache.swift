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

    private init(_ view: PatchView, _ bytes: [UInt8], _ plan: DifferencePlan) {
        self.view = view
        self.bytes = bytes
        self.plan = plan
        self.isExhaustive = true
    }

    /// Whether these are whole files, and the same ones.
    func holds(_ references: some Sequence<PatchReference>) -> Bool {
        self.view.parts.map(\.file) == references.map(\.file)
    }

    /// The same old bytes with another file behind them.
    ///
    /// - Returns: nil when they were not matched exhaustively.
    func extended(by reference: PatchReference) throws -> LoadedReferences? {
        let part = PatchView.Part(
            file: reference.file, source: reference.source, offset: 0, length: Int(reference.source.size))
        let more = try PatchView(parts: [part]).read()
        guard let plan = self.plan.joined(with: more.span, after: self.bytes.count) else { return nil }
        return LoadedReferences(PatchView(parts: self.view.parts + [part]), self.bytes + more, plan)
    }

    /// Matches `new` against old bytes that nobody else needs: in haste first, and as thoroughly as that tells it to be worth.
    ///
    /// - Parameter matching: the most thorough there may be.
    static func match(
        _ new: Span<UInt8>, against bytes: [UInt8], of view: PatchView, matching: DifferencePlan.Matching
    ) throws -> MatchedReferences {
        let hasty = try LoadedReferences(view, bytes: bytes, matching: .hasty).match(new)
        guard matching != .hasty else { return hasty }
        let isWorthMore = try matching == .exhaustive && MatchTrial.isWorthMore(hasty, new: new)
        return try LoadedReferences(view, bytes: bytes, matching: isWorthMore ? .exhaustive : .quick).match(new)
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

    /// The old bytes that `new` shares samples with; nil when there are none.
    func windows(for new: Span<UInt8>, limit: Int) -> PatchView? {
        let ranges = SeedWindows.ranges(for: self.index.runs(of: new), length: self.view.length, limit: limit)
        return ranges.isEmpty ? nil : self.view.narrowed(to: ranges)
    }

    /// Matches `new` against the old bytes it shares samples with; what is made for that is gone afterwards.
    func match(_ new: Span<UInt8>, limit: Int) throws -> MatchedReferences? {
        guard let view = self.windows(for: new, limit: limit) else { return nil }
        let bytes = try view.read()
        return try LoadedReferences.match(new, against: bytes, of: view, matching: self.matching)
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
        switch try self.content(for: group) {
        case .loaded(let references): return try references.match(new)
        case .indexed(let references): return try references.match(new, limit: self.limits.windows)
        }
    }

    /// As ``match(_:of:)`` of the new bytes in `room`, hastily, in the memory of the room.
    ///
    /// What it returns must be let go before the room is used again, or its bytes are copied.
    func matchHastily(_ group: GroupPlan.Group, in room: inout HastyRoom) throws -> MatchedReferences? {
        switch try self.content(for: group) {
        case .loaded(let references): return try references.match(room.new.span)
        case .indexed(let references):
            guard let view = references.windows(for: room.new.span, limit: self.limits.windows) else { return nil }
            try view.read(into: &room.old)
            let bytes = room.old
            room.search.remember(bytes.span)
            let covers = room.search.covers(of: room.new.span, in: bytes.span)
            return MatchedReferences(view: view, bytes: bytes, covers: covers)
        }
    }

    private func content(for group: GroupPlan.Group) throws -> Content {
        try self.last.withLock { last in
            if let entry = last, entry.set == group.referenceSet { return entry.content }
            let before = last
            last = nil
            let content = try self.load(group.references, after: before?.content)
            last = Entry(set: group.referenceSet, content: content)
            return content
        }
    }

    /// - Parameter before: what was loaded last; only its work is used again, so it changes no bytes of the patch.
    private func load(_ references: [PatchReference], after before: Content?) throws -> Content {
        let view = WideView(references)
        guard view.length > Int64(self.limits.whole) else {
            if self.matching == .exhaustive, references.count > 1, let shared = references.last, shared.file < 0,
                let joined = try self.base(references.dropLast(), after: before).extended(by: shared)
            {
                return .loaded(joined)
            }
            return .loaded(try LoadedReferences(view.narrowed(to: [0..<view.length]), matching: self.matching))
        }
        return .indexed(try IndexedReferences(references, memory: self.limits.index, matching: self.matching))
    }
}

extension ReferenceCache {
    /// The references without what is shared: sorted once for the shared group and for those that read from it.
    private func base(_ references: ArraySlice<PatchReference>, after before: Content?) throws -> LoadedReferences {
        if case .loaded(let loaded) = before, loaded.holds(references) { return loaded }
        let view = WideView(Array(references))
        return try LoadedReferences(view.narrowed(to: [0..<view.length]), matching: self.matching)
    }
}

/// How much of the old version may be in memory, from what a thread may use.
struct ReferenceLimits: Sendable {
    /// New bytes of a group: with little memory, less of it is for new bytes and more for old ones.
    let group: Int
    /// Bytes of references that are matched whole.
    let whole: Int
    /// Bytes of the seed index over larger ones.
    let index: Int
    /// Bytes in memory at once when an index chose them.
    let windows: Int
    /// Bytes that are matched a second time, with their deflate streams open.
    let opened: Int
    /// Bytes for the samples of new content that groups may have in common, which are looked for before any group is made.
    let repeats: Int

    private static let roomy = 448 << 20

    /// Matching takes each old byte, two for its place among the suffixes, a quarter of one for the filter in front, and
    /// 16 MiB for the table; in haste, the byte and less than one for the table, chosen windows or all. A group takes its new
    /// bytes twice, its old ones again, and the compressor's tables.
    init(memory: ByteCount, matching: DifferencePlan.Matching) {
        let memory = Int(clamping: memory.bytes)
        self.group = memory < Self.roomy ? PatchLimits.output / 2 : PatchLimits.output
        let whole = matching == .hasty ? (memory - (160 << 20)) / 2 : (memory - 3 * self.group - (16 << 20)) / 6
        self.whole = min(1 << 30, max(1 << 20, whole))
        self.index = min(128 << 20, max(1 << 20, memory / 8))
        self.repeats = min(256 << 20, max(1 << 18, memory / 4))
        self.windows = min(
            PatchLimits.input,
            max(1 << 20, (memory - 5 * self.group - (16 << 20) - self.index) / (matching == .hasty ? 2 : 4)))
        self.opened = min(ReopenedContent.largest, self.whole / 4 * 3)
    }
}
