public import Content
import Digests
import Zstd

extension ThinBuild {
    /// Bytes by which ``isBegin(of:)`` knows a thin build.
    public static let magicLength = ThinBuildHead.magic.count

    /// Whether a file that begins so is a thin build, of whatever format.
    public static func isBegin(of bytes: [UInt8]) -> Bool { bytes.starts(with: ThinBuildHead.magic) }

    /// What stands before the chunks' bodies: the head and the index.
    ///
    /// - Throws: `ZstdError`, out of memory.
    public func encodedHead() throws -> [UInt8] {
        var compressor = try ZstdCompressor(ZstdSettings(level: 3))
        let index = self.index
        let stored = try compressor.compress(index.span)
        return ThinBuildHead(cuts: self.cuts, index: index, stored: stored).encoded + stored
    }

    /// Reads the head and the index of a file, and checks that the bodies it tells of are there.
    ///
    /// Blocks on the medium. Holds the index in memory: about 40 bytes for each 64 KiB of content.
    ///
    /// - Returns: the build, and where the first body begins; the others follow without gaps, in order of the chunks.
    /// - Throws: ``ThinBuildError``, or what the source throws.
    public static func open(_ source: some ByteSource) throws -> (build: ThinBuild, bodies: Int64) {
        let length = min(source.size, Int64(ThinBuildHead.length))
        let head = try ThinBuildHead(decoding: try source.read(Int(length), at: 0))
        let bodies = Int64(ThinBuildHead.length + head.storedSize)
        guard bodies <= source.size else { throw ThinBuildError.wrongSize(expected: bodies, got: source.size) }
        let stored = try source.read(head.storedSize, at: Int64(ThinBuildHead.length))
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        guard let index = try? decompressor.decompress(stored.span, size: head.size),
            Digest.sha256(of: index) == head.digest
        else { throw ThinBuildError.damagedIndex }
        let build: ThinBuild
        do throws(ManifestError) {
            build = try ThinBuild(cuts: head.cuts, index: index)
        } catch {
            throw ThinBuildError.invalid(error)
        }
        let size = build.chunks.reduce(bodies) { $0 + Int64($1.body?.length ?? 0) }
        guard size == source.size else { throw ThinBuildError.wrongSize(expected: size, got: source.size) }
        return (build, bodies)
    }

    /// Where each chunk's body lies in the file; nil for chunks that are not sent.
    ///
    /// - Parameter start: of the first body.
    public func places(from start: Int64) -> [Int64?] {
        var position = start
        return self.chunks.map { chunk in
            guard let body = chunk.body else { return nil }
            defer { position += Int64(body.length) }
            return position
        }
    }
}
