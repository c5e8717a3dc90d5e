import Chunking
public import Content
import Digests
public import Threads

/// The chunks of one file and the root over them.
public struct ChunkedFile: Equatable, Sendable {
    /// Digest and length of each chunk, in file order.
    public let chunks: [(digest: Digest, length: Int)]
    /// The root over the chunks (``FileRoot``).
    public let digest: Digest

    /// - Parameter digest: the root over `chunks`.
    public init(chunks: [(digest: Digest, length: Int)], digest: Digest) {
        self.chunks = chunks
        self.digest = digest
    }

    init(_ chunks: [(digest: Digest, length: Int)]) {
        self.chunks = chunks
        self.digest = FileRoot.digest(of: chunks)
    }

    public static func == (left: ChunkedFile, right: ChunkedFile) -> Bool {
        left.digest == right.digest
            && left.chunks.elementsEqual(right.chunks) { $0.digest == $1.digest && $0.length == $1.length }
    }
}

/// Cuts a file where its content says so and hashes each chunk, in one pass over its bytes.
public enum FileChunker {
    /// The number of the rules by which files are cut: the sizes, and which of them suit a file.
    ///
    /// Another number means other cuts, so that nothing is shared with chunks cut before.
    public static let cuts = 1

    /// Bytes read at a time: few enough to stay in the processor's cache from the read to the hash.
    static let bufferLength = 256 << 10

    /// From this size on a file is cut by several threads.
    public static let splitSize: Int64 = 128 << 20

    /// Bytes of a range that one thread cuts.
    static let rangeLength: Int64 = 64 << 20

    /// Cuts and hashes on the caller's thread.
    ///
    /// - Parameters:
    ///   - progress: told the bytes of each buffer once they are hashed.
    /// - Throws: what the source throws; `CancellationError` when `isCancelled` says so between two buffers.
    public static func chunk(
        _ source: some ByteSource, isCancelled: () -> Bool = { false }, progress: (Int64) -> Void = { _ in }
    ) throws -> ChunkedFile {
        let size = source.size
        var stream = ChunkStream(try self.sizes(for: source))
        var hasher = SHA256Hasher()
        var chunks: [(digest: Digest, length: Int)] = []
        var buffer = [UInt8](repeating: 0, count: Int(min(size, Int64(self.bufferLength))))
        var offset: Int64 = 0
        while offset < size {
            guard !isCancelled() else { throw CancellationError() }
            let count = Int(min(size - offset, Int64(self.bufferLength)))
            try source.read(count, at: offset, into: &buffer)
            var position = 0
            while position < count {
                let rest = buffer.span.extracting(position..<count)
                let scan = stream.scan(rest)
                hasher.update(rest.extracting(..<scan.taken))
                position += scan.taken
                if let length = scan.length { chunks.append((hasher.finishAndRestart(), length)) }
            }
            offset += Int64(count)
            progress(Int64(count))
        }
        if let length = stream.finish() { chunks.append((hasher.finishAndRestart(), length)) }
        return ChunkedFile(chunks)
    }

    /// Cuts and hashes ranges of a large file side by side, a small one on one thread; the chunks are the same.
    ///
    /// - Parameters:
    ///   - progress: told the bytes of each buffer once they are hashed, from any thread.
    /// - Throws: what the source throws; `CancellationError` when the task is cancelled.
    public static func chunk(
        _ source: some ByteSource, on threads: ThreadPool, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> ChunkedFile {
        guard source.size >= self.splitSize else {
            return try await threads.run {
                try self.chunk(source, isCancelled: { Task.isCancelled }, progress: progress)
            }
        }
        return try await self.chunk(source, inRangesOf: self.rangeLength, on: threads, progress: progress)
    }

    static func sizes(for source: some ByteSource) throws -> ChunkSizes {
        let header = try source.read(Int(min(source.size, Int64(ChunkSizes.headerLength))), at: 0)
        return ChunkSizes.suited(to: header.span, size: source.size)
    }
}
