import Chunking
public import Content
import Digests

/// The chunks of one file and the root over them.
public struct ChunkedFile: Equatable, Sendable {
    /// Digest and length of each chunk, in file order.
    public let chunks: [(digest: Digest, length: Int)]
    /// The root over the chunks (``FileRoot``).
    public let digest: Digest

    public static func == (left: ChunkedFile, right: ChunkedFile) -> Bool {
        left.digest == right.digest && left.chunks.elementsEqual(right.chunks) { $0.digest == $1.digest && $0.length == $1.length }
    }
}

/// Cuts a file where its content says so and hashes each chunk, in one pass over its bytes.
public enum FileChunker {
    /// Bytes read at a time.
    static let bufferLength = 1 << 20

    /// - Parameters:
    ///   - progress: told the bytes of each buffer once they are hashed.
    /// - Throws: what the source throws; `CancellationError` when `isCancelled` says so between two buffers.
    public static func chunk(
        _ source: some ByteSource, isCancelled: () -> Bool = { false }, progress: (Int64) -> Void = { _ in }
    ) throws -> ChunkedFile {
        let size = source.size
        let header = try source.read(Int(min(size, Int64(ChunkSizes.headerLength))), at: 0)
        var stream = ChunkStream(ChunkSizes.suited(to: header.span, size: size))
        var hasher = SHA256Hasher()
        var chunks: [(digest: Digest, length: Int)] = []
        var offset: Int64 = 0
        while offset < size {
            guard !isCancelled() else { throw CancellationError() }
            let buffer = try source.read(Int(min(size - offset, Int64(self.bufferLength))), at: offset)
            var position = 0
            while position < buffer.count {
                let rest = buffer.span.extracting(position...)
                let scan = stream.scan(rest)
                hasher.update(rest.extracting(..<scan.taken))
                position += scan.taken
                if let length = scan.length { chunks.append((hasher.finishAndRestart(), length)) }
            }
            offset += Int64(buffer.count)
            progress(Int64(buffer.count))
        }
        if let length = stream.finish() { chunks.append((hasher.finishAndRestart(), length)) }
        return ChunkedFile(chunks: chunks, digest: FileRoot.digest(of: chunks))
    }
}
