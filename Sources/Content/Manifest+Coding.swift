import FoundationEssentials

extension Manifest {
    /// What every manifest begins with.
    static let magic: [UInt8] = Array("SLWM".utf8)
    /// The format this program writes, and the latest it reads.
    static let format = 1

    /// The bounds every reader may rely on.
    public enum Limit {
        public static let entries = 4_000_000
        public static let chunks = 16_000_000
        public static let packs = 1_000_000
        public static let chunkLength = 16 << 20
        public static let fileSize: Int64 = 1 << 44
        public static let packSize: Int64 = 5 << 30
        public static let versionString = 400
        public static let symlinkTarget = 4096
    }

    /// The canonical bytes; see `Sources/Content/README.md`.
    public func encoded() -> [UInt8] {
        var writer = ManifestWriter()
        for pack in self.packs { writer.add(pack) }
        for chunk in self.chunks { writer.add(chunk) }
        for entry in self.entries { writer.add(entry) }
        return writer.finish(game: self.game, version: self.version, versionString: self.versionString)
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: ``ManifestError``. No size or count is trusted before it is checked against the bytes there are.
    public init(decoding bytes: [UInt8]) throws(ManifestError) {
        var reader = ByteReader(bytes)
        guard bytes.count > Self.magic.count, try reader.readBytes(Self.magic.count) == Self.magic else {
            throw .notAManifest
        }
        let format = Int(try reader.readByte())
        guard format == Self.format else { throw .unsupportedFormat(format) }
        let game = GameID(bytes: try reader.readBytes(16))
        let version = VersionID(bytes: try reader.readBytes(16))
        let versionString = try reader.readText("version string", atMost: Limit.versionString)
        let packs = try reader.readPacks()
        let chunks = try reader.readChunks(packs: packs)
        let entries = try reader.readEntries(chunks: chunks)
        guard reader.remaining == 0 else { throw .invalid(what: "trailing bytes", offset: reader.offset) }
        self.init(
            game: game, version: version, versionString: versionString, entries: entries, chunks: chunks, packs: packs)
    }
}

extension Identifier {
    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        let tuple = self.uuid.uuid
        return [
            tuple.0, tuple.1, tuple.2, tuple.3, tuple.4, tuple.5, tuple.6, tuple.7,
            tuple.8, tuple.9, tuple.10, tuple.11, tuple.12, tuple.13, tuple.14, tuple.15,
        ]
    }

    /// - Parameter bytes: exactly 16.
    init(bytes: [UInt8]) {
        precondition(bytes.count == 16, "a UUID has 16 bytes, not \(bytes.count)")
        self.init(
            UUID(
                uuid: (
                    bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                    bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
                )))
    }
}

extension ByteReader {
    /// Reads a count of things that take at least `size` bytes each, so that no count outgrows the bytes there are.
    private mutating func readCount(
        _ what: String, atMost limit: Int, size: Int
    ) throws(ManifestError) -> Int {
        let start = self.offset
        let count = try self.readInt(what, atMost: limit)
        guard count * size <= self.remaining else { throw .invalid(what: what, offset: start) }
        return count
    }

    fileprivate mutating func readPacks() throws(ManifestError) -> [Manifest.Pack] {
        let count = try self.readCount("number of packs", atMost: Manifest.Limit.packs, size: 33)
        var packs: [Manifest.Pack] = []
        packs.reserveCapacity(count)
        for _ in 0..<count {
            let digest = try self.readDigest()
            let size = try self.readVarint("pack size", atMost: UInt64(Manifest.Limit.packSize))
            packs.append(Manifest.Pack(digest: digest, size: Int64(size)))
        }
        return packs
    }

    fileprivate mutating func readChunks(packs: [Manifest.Pack]) throws(ManifestError) -> [Manifest.Chunk] {
        let count = try self.readCount("number of chunks", atMost: Manifest.Limit.chunks, size: 37)
        var chunks: [Manifest.Chunk] = []
        chunks.reserveCapacity(count)
        for _ in 0..<count {
            let start = self.offset
            let digest = try self.readDigest()
            let length = try self.readInt("chunk length", atMost: Manifest.Limit.chunkLength)
            let pack = try self.readInt("chunk's pack", atMost: Manifest.Limit.packs)
            let offset = Int64(try self.readVarint("chunk offset", atMost: UInt64(Manifest.Limit.packSize)))
            let storedLength = try self.readInt("stored length", atMost: Manifest.Limit.chunkLength * 2)
            guard let codec = ChunkCodec(rawValue: Int(try self.readByte())), length > 0, storedLength > 0,
                pack < packs.count, offset + Int64(storedLength) <= packs[pack].size,
                codec == .zstd || length == storedLength
            else { throw .invalid(what: "chunk", offset: start) }
            chunks.append(
                Manifest.Chunk(
                    digest: digest, length: length, pack: pack, offset: offset, storedLength: storedLength, codec: codec
                ))
        }
        return chunks
    }

    fileprivate mutating func readEntries(chunks: [Manifest.Chunk]) throws(ManifestError) -> [Manifest.Entry] {
        let count = try self.readCount("number of entries", atMost: Manifest.Limit.entries, size: 3)
        var entries: [Manifest.Entry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let start = self.offset
            let entry = try self.readEntry(chunks: chunks)
            if let last = entries.last, last.path >= entry.path {
                throw .invalid(what: "order of paths", offset: start)
            }
            entries.append(entry)
        }
        return entries
    }

    private mutating func readEntry(chunks: [Manifest.Chunk]) throws(ManifestError) -> Manifest.Entry {
        let start = self.offset
        let tag = try self.readByte()
        let text = try self.readText("path", atMost: 4096)
        guard let path = try? BuildPath(validating: text) else { throw .invalid(what: "path", offset: start) }
        switch tag {
        case ManifestTag.file, ManifestTag.executable:
            let size = Int64(try self.readVarint("file size", atMost: UInt64(Manifest.Limit.fileSize)))
            let digest = try self.readDigest()
            let count = try self.readCount("number of a file's chunks", atMost: Manifest.Limit.chunks, size: 1)
            var indexes: [Int] = []
            indexes.reserveCapacity(count)
            var sum: Int64 = 0
            for _ in 0..<count {
                let index = try self.readInt("chunk index", atMost: Manifest.Limit.chunks)
                guard index < chunks.count else { throw .invalid(what: "chunk index", offset: start) }
                indexes.append(index)
                sum += Int64(chunks[index].length)
            }
            guard sum == size else { throw .invalid(what: "file size", offset: start) }
            let executable = tag == ManifestTag.executable
            return Manifest.Entry(
                path: path, content: .file(size: size, executable: executable, digest: digest, chunks: indexes))
        case ManifestTag.directory:
            return Manifest.Entry(path: path, content: .directory)
        case ManifestTag.symlink:
            let target = try self.readText("symlink target", atMost: Manifest.Limit.symlinkTarget)
            return Manifest.Entry(path: path, content: .symlink(target: target))
        default:
            throw .invalid(what: "kind of entry", offset: start)
        }
    }
}
