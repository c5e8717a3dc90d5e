public import Content

/// What planning needs to know of one version: which files it has, and the chunks they are made of.
///
/// Comes from a manifest, or from folders that were chunked where they stand.
public struct VersionContent: Sendable {
    /// A run of content as the chunk store has it.
    public struct Chunk: Hashable, Sendable {
        public let digest: Digest
        /// Bytes of content, 1 or more.
        public let length: Int
        /// Bytes that a client fetches for it.
        public let storedLength: Int

        public init(digest: Digest, length: Int, storedLength: Int) {
            self.digest = digest
            self.length = length
            self.storedLength = storedLength
        }
    }

    public struct File: Sendable {
        /// How patches name it: the index of its entry in the manifest.
        public let index: Int
        public let path: BuildPath
        public let size: Int64
        public let digest: Digest
        /// Indexes into ``VersionContent/chunks``, in file order.
        public let chunks: [Int]

        public init(index: Int, path: BuildPath, size: Int64, digest: Digest, chunks: [Int]) {
            self.index = index
            self.path = path
            self.size = size
            self.digest = digest
            self.chunks = chunks
        }
    }

    /// Regular files, in the order of their paths.
    public let files: [File]
    public let chunks: [Chunk]

    public init(files: [File], chunks: [Chunk]) {
        self.files = files
        self.chunks = chunks
    }

    public init(_ manifest: Manifest) {
        self.chunks = manifest.chunks.map {
            Chunk(digest: $0.digest, length: $0.length, storedLength: $0.storedLength)
        }
        self.files = manifest.entries.enumerated().compactMap { index, entry in
            guard case .file(let size, _, let digest, let chunks) = entry.content else { return nil }
            return File(index: index, path: entry.path, size: size, digest: digest, chunks: chunks)
        }
    }
}
