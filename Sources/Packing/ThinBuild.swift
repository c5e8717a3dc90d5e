public import Content

/// A build on its way to the service, without the chunks that the service has already.
///
/// The files of a build and the chunks they are made of. Of a chunk that is sent along, where its bytes lie; the others
/// the studio has stored before. The format is described in the README beside this file.
public struct ThinBuild: Equatable, Sendable {
    /// In ascending order of the paths' bytes, without duplicates.
    public let entries: [Entry]
    /// Distinct, in order of first use by ``entries``; none unused.
    public let chunks: [Chunk]
    /// The rules by which the files were cut: `FileChunker.cuts` of the sender.
    public let cuts: Int

    public init(entries: [Entry], chunks: [Chunk], cuts: Int) {
        self.entries = entries
        self.chunks = chunks
        self.cuts = cuts
    }

    /// One path of the build.
    public struct Entry: Equatable, Sendable {
        public let path: BuildPath
        public let content: EntryContent

        public init(path: BuildPath, content: EntryContent) {
            self.path = path
            self.content = content
        }
    }

    /// What stands at a path.
    public enum EntryContent: Equatable, Sendable {
        /// - Parameter chunks: indexes into ``ThinBuild/chunks``, in file order.
        case file(executable: Bool, chunks: [Int])
        /// Only empty directories are listed.
        case directory
        case symlink(target: String)
    }

    /// One chunk.
    public struct Chunk: Equatable, Sendable {
        public let digest: Digest
        /// Bytes of content, 1 or more.
        public let length: Int
        /// What is sent of it; nil for a chunk that the service has.
        public let body: Body?

        public init(digest: Digest, length: Int, body: Body?) {
            self.digest = digest
            self.length = length
            self.body = body
        }
    }

    /// The bytes of a chunk as they are sent.
    public struct Body: Equatable, Sendable {
        /// Bytes sent, 1 or more.
        public let length: Int
        public let codec: ChunkCodec

        public init(length: Int, codec: ChunkCodec) {
            self.length = length
            self.codec = codec
        }
    }

    /// Bytes of all files.
    public var contentSize: Int64 {
        self.entries.reduce(0) { sum, entry in sum + self.size(of: entry) }
    }

    /// Bytes of a file; 0 for other entries.
    public func size(of entry: Entry) -> Int64 {
        guard case .file(_, let chunks) = entry.content else { return 0 }
        return chunks.reduce(0) { $0 + Int64(self.chunks[$1].length) }
    }
}

extension ThinBuild {
    /// The bounds every reader may rely on.
    public enum Limit {
        public static let entries = 1_000_000
        public static let chunks = 4_000_000
        /// Chunks of all files, repeats counted.
        public static let references = 16_000_000
        /// The longest chunk that any rule cuts.
        public static let chunkLength = 1 << 20
        public static let symlinkTarget = 4096
        /// Bytes of the index.
        public static let index = 512 << 20
    }
}
