/// Everything a download client needs to know of one version: its files, the chunks they are made of, and where the
/// chunks lie.
///
/// Immutable and canonical: the same build gives the same bytes (``encoded()``), whose SHA-256 names it. The format is
/// described in `Sources/Content/README.md`.
public struct Manifest: Equatable, Sendable {
    public let game: GameID
    public let version: VersionID
    public let versionString: String
    /// In ascending order of the paths' bytes, without duplicates.
    public let entries: [Entry]
    /// Distinct, in order of first use by ``entries``.
    public let chunks: [Chunk]
    /// Distinct, in order of first use by ``chunks``.
    public let packs: [Pack]

    public init(
        game: GameID, version: VersionID, versionString: String, entries: [Entry], chunks: [Chunk], packs: [Pack]
    ) {
        self.game = game
        self.version = version
        self.versionString = versionString
        self.entries = entries
        self.chunks = chunks
        self.packs = packs
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
        /// - Parameters:
        ///   - digest: the root over the chunks' digests (``Content/FileRoot``).
        ///   - chunks: indexes into ``Manifest/chunks``, in file order; their lengths add up to `size`.
        case file(size: Int64, executable: Bool, digest: Digest, chunks: [Int])
        /// Only empty directories are listed; the others follow from the files' paths.
        case directory
        /// - Parameter target: relative, and stays inside the build.
        case symlink(target: String)
    }

    /// One chunk and where its stored bytes lie.
    public struct Chunk: Equatable, Sendable {
        public let digest: Digest
        /// Bytes of content, 1 or more.
        public let length: Int
        /// Index into ``Manifest/packs``.
        public let pack: Int
        /// Where the stored bytes begin in the pack.
        public let offset: Int64
        /// Stored bytes, 1 or more.
        public let storedLength: Int
        public let codec: ChunkCodec

        public init(digest: Digest, length: Int, pack: Int, offset: Int64, storedLength: Int, codec: ChunkCodec) {
            self.digest = digest
            self.length = length
            self.pack = pack
            self.offset = offset
            self.storedLength = storedLength
            self.codec = codec
        }
    }

    /// One object that holds many chunks.
    public struct Pack: Equatable, Sendable {
        /// Of the whole object; also its name.
        public let digest: Digest
        public let size: Int64

        public init(digest: Digest, size: Int64) {
            self.digest = digest
            self.size = size
        }
    }
}

/// How a chunk's bytes are stored. The raw values are part of the manifest's format and never change.
public enum ChunkCodec: Int, Sendable {
    /// As they are.
    case stored = 0
    /// As one zstd frame (RFC 8878).
    case zstd = 1
}
