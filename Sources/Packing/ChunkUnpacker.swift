public import Content
import Digests
import Zstd

/// Gives back the bytes of a chunk, never on trust: they have the chunk's digest, or they are not given.
public struct ChunkUnpacker: ~Copyable, Sendable {
    private var decompressor: ZstdDecompressor

    /// - Throws: `ZstdError`, out of memory.
    public init() throws { self.decompressor = try ZstdDecompressor(windowLogMax: 27) }

    /// - Parameters:
    ///   - stored: what ``ChunkPacker`` made of the chunk.
    ///   - length: bytes of content; so much memory is taken.
    /// - Throws: ``DamagedChunk`` when other bytes come out.
    public mutating func unpack(
        _ stored: [UInt8], codec: ChunkCodec, length: Int, digest: Digest
    ) throws(DamagedChunk) -> [UInt8] {
        var content = stored
        if codec == .zstd {
            guard let bytes = try? self.decompressor.decompress(stored.span, size: length) else {
                throw DamagedChunk(digest: digest)
            }
            content = bytes
        }
        guard content.count == length, Digest.sha256(of: content) == digest else { throw DamagedChunk(digest: digest) }
        return content
    }
}

/// Stored bytes that are not the chunk they were said to be.
public struct DamagedChunk: Error, Equatable, Sendable {
    public let digest: Digest

    public init(digest: Digest) { self.digest = digest }
}
