public import Content
import Delta
import Digests

/// Makes a patch from one version to another.
///
/// The same targets, level and memory give the same bytes, whatever the number of threads.
public struct PatchEncoder: Sendable {
    private let from: Digest
    private let to: Digest
    private let level: PatchLevel
    private let memory: ByteCount
    private let threads: Int

    /// - Parameters:
    ///   - from: digest of the old manifest.
    ///   - to: digest of the new manifest.
    ///   - memory: for each thread, best 256 MiB or more, for less matches worse. Part of what decides
    ///     the bytes.
    ///   - threads: at least 1; the caller's own is used when it is 1.
    public init(from: Digest, to: Digest, level: PatchLevel, memory: ByteCount, threads: Int) {
        precondition(threads >= 1, "a patch needs a thread")
        self.from = from
        self.to = to
        self.level = level
        self.memory = memory
        self.threads = threads
    }

    /// Writes the whole patch to `sink`, from first byte to last; blocks the caller until it is done.
    ///
    /// - Parameters:
    ///   - targets: the files that are not in the old version under any path, in the order of the new manifest.
    ///   - progress: told the new bytes done so far, on the caller's thread.
    ///   - isCancelled: asked before each group, on any thread.
    /// - Throws: ``PatchError``, or as the sources and `sink` do. What was written by then is not a patch.
    public func encode(
        _ targets: [PatchTarget], progress: ((Int64) -> Void)? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false }, to sink: (Span<UInt8>) throws -> Void
    ) throws -> PatchSummary {
        let matching: DifferencePlan.Matching = self.level == .fast ? .hasty : .exhaustive
        let limits = ReferenceLimits(memory: self.memory, matching: matching)
        var plan = try GroupPlan(targets, groupLimit: limits.group, referenceLimit: Int64(limits.whole))
        let cache = ReferenceCache(limits: limits, matching: matching)
        let maker = GroupMaker(level: self.level, cache: cache)
        let header = PatchFrame.header(from: self.from, to: self.to)
        try sink(header.span)
        var offset = Int64(header.count)
        var groups: [PatchGroup] = []
        var done: Int64 = 0
        var shared: [PatchGroup] = []
        func write(_ made: GroupMaker.Made) throws -> PatchGroup {
            try sink(made.payload.span)
            defer { offset += Int64(made.payload.count) }
            return PatchGroup(
                outputs: made.outputs.extents, inputs: made.inputs.extents, method: made.method, offset: offset,
                payload: made.payload.count, payloadCheck: PatchReader.check(made.payload), digest: made.digest)
        }
        if self.level != .fast, let common = try SharedContent(plan, limits: limits).group(isCancelled: isCancelled) {
            let made = try maker.make(common)
            shared.append(try write(made))
            plan.addReference(PatchReference(file: -1, source: common.output.parts[0].source))
        }
        let groupsToMake = plan.groups
        let work = OrderedWork<GroupMaker.Made>(count: groupsToMake.count, threads: self.threads)
        try work.run { number in
            guard !isCancelled() else { throw PatchError.cancelled }
            return try maker.make(groupsToMake[number])
        } receive: { _, made in
            groups.append(try write(made))
            done += Int64(made.outputs.length)
            progress?(done)
        }
        let index = PatchIndex(shared: shared, groups: groups).encoded()
        try sink(index.span)
        let trailer = PatchFrame.trailer(
            indexLength: index.count, digest: PatchReader.digest(header: header, index: index))
        try sink(trailer.span)
        return PatchSummary(
            shared: shared.map(PatchSummary.Group.init), groups: groups.map(PatchSummary.Group.init),
            size: offset + Int64(index.count + trailer.count))
    }
}
