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
        let whole = try PatchOutline(targets, level: self.level, memory: self.memory)
        let outline = try whole.cut(at: whole.memberCuts())
        let encoder = try GroupEncoder(outline, shared: try outline.sharedExtents(isCancelled: isCancelled))
        try sink(PatchFrame.header(from: self.from, to: self.to).span)
        var shared: [PatchGroup] = []
        if let made = try encoder.makeShared() {
            try sink(made.payload.span)
            shared.append(made.group)
        }
        var groups: [PatchGroup] = []
        var done: Int64 = 0
        let work = OrderedWork<EncodedGroup>(count: outline.count, threads: self.threads)
        try work.run { number in
            guard !isCancelled() else { throw PatchError.cancelled }
            return try encoder.make(number)
        } receive: { _, made in
            try sink(made.payload.span)
            groups.append(made.group)
            done += Int64(made.group.outputLength)
            progress?(done)
        }
        let assembly = PatchAssembly(from: self.from, to: self.to, shared: shared, groups: groups)
        try sink(assembly.ending.span)
        return assembly.summary
    }
}
