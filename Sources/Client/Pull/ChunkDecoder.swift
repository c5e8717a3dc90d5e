import Content
import Digests
import Zstd

/// Turns stored bytes into a chunk's content, or refuses them.
struct ChunkDecoder: ~Copyable {
    private var decompressor: ZstdDecompressor

    init() throws(ZstdError) {
        // A frame read in one call needs no window of its own.
        self.decompressor = try ZstdDecompressor(windowLogMax: 27)
    }

    /// - Returns: the content; nil when it is not what the digest says.
    /// - Throws: ``ZstdError/outOfMemory``.
    mutating func decode(_ stored: Span<UInt8>, of chunk: Manifest.Chunk) throws(ZstdError) -> [UInt8]? {
        let content: [UInt8]
        switch chunk.codec {
        case .stored:
            content = [UInt8](capacity: stored.count) { output in
                for index in stored.indices { output.append(stored[index]) }
            }
        case .zstd:
            do {
                content = try self.decompressor.decompress(stored, size: chunk.length)
            } catch .outOfMemory {
                throw .outOfMemory
            } catch {
                return nil
            }
        }
        guard content.count == chunk.length, Digest.sha256(of: content) == chunk.digest else { return nil }
        return content
    }
}
