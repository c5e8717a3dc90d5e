public import Content
import Delta
import Digests

/// A patch from one file to another, as `slipway tool delta` makes it: both stand for a version of one file.
public enum FilePatch {
    /// Writes a patch that makes `new` from `old`. Its digests are the SHA-256 of the files themselves.
    ///
    /// - Throws: as ``PatchEncoder/encode(_:progress:isCancelled:to:)``.
    public static func encode(
        old: any ByteSource, new: any ByteSource, level: PatchLevel, memory: ByteCount, threads: Int,
        to sink: (Span<UInt8>) throws -> Void
    ) throws -> PatchSummary {
        let beginning = try new.size >= 4 ? new.read(4, at: 0) : []
        let target = PatchTarget(
            file: 0, source: new, references: [PatchReference(file: 0, source: old)],
            growth: StreamCarriers.growth(beginning: beginning))
        let from = try self.digest(of: old)
        let outline = try PatchOutline([target], level: level, memory: memory)
        guard outline.count == 1 else {
            let encoder = PatchEncoder(
                from: from, to: try self.digest(of: new), level: level, memory: memory, threads: threads)
            return try encoder.encode([target], to: sink)
        }
        // One group makes the whole file, so its digest is the file's.
        let made = try GroupEncoder(outline, shared: []).make(0)
        let assembly = PatchAssembly(from: from, to: made.group.digest, shared: [], groups: [made.group])
        try sink(assembly.header.span)
        try sink(made.payload.span)
        try sink(assembly.ending.span)
        return assembly.summary
    }

    /// Makes the new file from the old one.
    ///
    /// Every group is verified before it is handed over, so the old file itself is looked at only to explain a failure.
    ///
    /// - Parameters:
    ///   - threads: that make groups, at least 1; the caller's own is used when it is 1. Each takes the memory of a group.
    ///   - sink: takes the verified bytes from first to last, on the caller's thread. What it got before an error is not
    ///     the new file.
    /// - Throws: ``PatchError/wrongResult(expected:got:)`` when `old` is another file than the patch was made from, or
    ///   the patch is for more than one file; other cases of ``PatchError``; as the sources and `sink` do.
    public static func apply(
        old: any ByteSource, patch: any ByteSource, threads: Int = 1, to sink: (Span<UInt8>) throws -> Void
    ) throws {
        let reader = try PatchReader(patch)
        try self.checkOutputs(of: reader)
        do {
            guard threads > 1, reader.groups.count > 1 else {
                var room = PatchRoom()
                for group in reader.groups {
                    try reader.apply(group, old: { _ in old }, in: &room)
                    try sink(room.output.span)
                }
                return
            }
            let rooms = Rooms(PatchRoom())
            try OrderedWork<[UInt8]>(count: reader.groups.count, threads: threads).run { number in
                try rooms.withRoom { room in
                    try reader.apply(reader.groups[number], old: { _ in old }, in: &room)
                    return room.takeOutput()
                }
            } receive: { _, output in
                try sink(output.span)
            }
        } catch let error as PatchError {
            let digest = try self.digest(of: old)
            guard digest == reader.from else { throw PatchError.wrongResult(expected: reader.from, got: digest) }
            throw error
        }
    }

    /// The groups must make one file, from its first byte on without a gap.
    private static func checkOutputs(of reader: PatchReader) throws(PatchError) {
        var end: Int64 = 0
        for output in reader.groups.lazy.flatMap(\.outputs) {
            guard output.file == 0, output.offset == end else {
                throw .unreadable(.invalid(what: "output", offset: Int(clamping: output.offset)))
            }
            end += Int64(output.length)
        }
        if reader.groups.isEmpty, reader.to != Digest.sha256(of: []) {
            throw .unreadable(.invalid(what: "no output", offset: 0))
        }
        if reader.groups.count == 1, reader.groups[0].digest != reader.to {
            throw .wrongResult(expected: reader.to, got: reader.groups[0].digest)
        }
    }

    private static func digest(of source: any ByteSource) throws -> Digest {
        var hasher = SHA256Hasher()
        var block = [UInt8](repeating: 0, count: 1 << 18)
        var offset: Int64 = 0
        while offset < source.size {
            let count = Int(min(Int64(block.count), source.size - offset))
            try source.read(count, at: offset, into: &block)
            hasher.update(block.span.extracting(0..<count))
            offset += Int64(count)
        }
        return hasher.finish()
    }
}
