public import Content
import Zstd

/// Compresses chunks one by one, and leaves those as they are that do not get smaller.
///
/// The same bytes give the same result, with one version of libzstd.
public struct ChunkPacker: ~Copyable, Sendable {
    /// Level 3 compresses as fast as one core scans, and chunks are read far more often than they are written.
    private static let level = 3

    private var compressor: ZstdCompressor

    /// - Throws: `ZstdError`, out of memory.
    public init() throws { self.compressor = try ZstdCompressor(ZstdSettings(level: Self.level)) }

    /// - Parameter bytes: one chunk, not empty.
    public mutating func pack(_ bytes: [UInt8]) throws -> (bytes: [UInt8], codec: ChunkCodec) {
        let compressed = try self.compressor.compress(bytes.span)
        // A saving below 1/32 is not worth a decompression.
        guard compressed.count < bytes.count - bytes.count / 32 else { return (bytes, .stored) }
        return (compressed, .zstd)
    }
}
