/// Writes a manifest's canonical bytes piece by piece, for builds too large to be held as a ``Manifest``.
///
/// Packs, chunks and entries may come in any order among each other, and come out in the format's.
public struct ManifestWriter: Sendable {
    private var packs = ManifestSection()
    private var chunks = ManifestSection()
    private var entries = ManifestSection()

    public init() {}

    /// Bytes in the manifest, but for its head.
    public var count: Int { self.packs.bytes.count + self.chunks.bytes.count + self.entries.bytes.count }

    /// - Parameter pack: the next by first use.
    public mutating func add(_ pack: Manifest.Pack) {
        self.packs.count += 1
        self.packs.writer.write(pack.digest)
        self.packs.writer.write(varint: UInt64(pack.size))
    }

    /// - Parameter chunk: the next by first use.
    public mutating func add(_ chunk: Manifest.Chunk) {
        self.chunks.count += 1
        self.chunks.writer.write(chunk.digest)
        self.chunks.writer.write(varint: chunk.length)
        self.chunks.writer.write(varint: chunk.pack)
        self.chunks.writer.write(varint: UInt64(chunk.offset))
        self.chunks.writer.write(varint: chunk.storedLength)
        self.chunks.writer.write(byte: UInt8(chunk.codec.rawValue))
    }

    /// - Parameter entry: the next by path.
    public mutating func add(_ entry: Manifest.Entry) {
        self.entries.count += 1
        switch entry.content {
        case .file(let size, let executable, let digest, let chunks):
            self.entries.writer.write(byte: executable ? ManifestTag.executable : ManifestTag.file)
            self.entries.writer.write(entry.path.text)
            self.entries.writer.write(varint: UInt64(size))
            self.entries.writer.write(digest)
            self.entries.writer.write(varint: chunks.count)
            for chunk in chunks { self.entries.writer.write(varint: chunk) }
        case .directory:
            self.entries.writer.write(byte: ManifestTag.directory)
            self.entries.writer.write(entry.path.text)
        case .symlink(let target):
            self.entries.writer.write(byte: ManifestTag.symlink)
            self.entries.writer.write(entry.path.text)
            self.entries.writer.write(target)
        }
    }

    /// The canonical bytes; see `Sources/Content/README.md`.
    public consuming func finish(game: GameID, version: VersionID, versionString: String) -> [UInt8] {
        var writer = ByteWriter()
        writer.reserve(128 + versionString.utf8.count + self.count)
        writer.write(bytes: Manifest.magic)
        writer.write(byte: UInt8(Manifest.format))
        writer.write(bytes: game.bytes)
        writer.write(bytes: version.bytes)
        writer.write(versionString)
        for section in [self.packs, self.chunks, self.entries] {
            writer.write(varint: section.count)
            writer.write(bytes: section.bytes)
        }
        return writer.bytes
    }
}

/// Things of one kind, and how many they are.
private struct ManifestSection: Sendable {
    var writer = ByteWriter()
    var count = 0

    var bytes: [UInt8] { self.writer.bytes }
}

/// The first byte of an entry. Part of the format; never changes.
enum ManifestTag {
    static let file: UInt8 = 0
    static let executable: UInt8 = 1
    static let directory: UInt8 = 2
    static let symlink: UInt8 = 3
}
