public import Content
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
        let encoder = PatchEncoder(
            from: try self.digest(of: old), to: try self.digest(of: new), level: level, memory: memory,
            threads: threads)
        let target = PatchTarget(file: 0, source: new, references: [PatchReference(file: 0, source: old)])
        return try encoder.encode([target], to: sink)
    }

    /// Makes the new file from the old one.
    ///
    /// - Parameter sink: takes the verified bytes from first to last.
    /// - Throws: ``PatchError/wrongResult(expected:got:)`` when `old` is another file than the patch was made from, or
    ///   the patch is for more than one file; other cases of ``PatchError``; as the sources and `sink` do.
    public static func apply(
        old: any ByteSource, patch: any ByteSource, to sink: (Span<UInt8>) throws -> Void
    ) throws {
        let reader = try PatchReader(patch)
        let oldDigest = try self.digest(of: old)
        guard oldDigest == reader.from else { throw PatchError.wrongResult(expected: reader.from, got: oldDigest) }
        var hasher = SHA256Hasher()
        for group in reader.groups {
            let bytes = try reader.apply(group) { _ in old }
            hasher.update(bytes)
            try sink(bytes.span)
        }
        let digest = hasher.finish()
        guard digest == reader.to else { throw PatchError.wrongResult(expected: reader.to, got: digest) }
    }

    private static func digest(of source: any ByteSource) throws -> Digest {
        var hasher = SHA256Hasher()
        var offset: Int64 = 0
        while offset < source.size {
            let count = Int(min(1 << 20, source.size - offset))
            hasher.update(try source.read(count, at: offset))
            offset += Int64(count)
        }
        return hasher.finish()
    }
}
