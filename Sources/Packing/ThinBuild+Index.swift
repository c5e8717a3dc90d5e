import Content

/// The index: chunks, then entries.
extension ThinBuild {
    /// The canonical bytes of the index.
    var index: [UInt8] {
        var writer = ByteWriter()
        writer.reserve(64 + self.chunks.count * 40 + self.entries.count * 48)
        writer.write(varint: self.chunks.count)
        for chunk in self.chunks {
            writer.write(chunk.digest)
            writer.write(varint: chunk.length)
            writer.write(varint: chunk.body?.length ?? 0)
            if let body = chunk.body { writer.write(byte: UInt8(body.codec.rawValue)) }
        }
        writer.write(varint: self.entries.count)
        var used = 0
        for entry in self.entries { writer.write(entry, used: &used) }
        return writer.bytes
    }

    /// Reads what ``index`` wrote.
    ///
    /// No size or count is trusted before it is checked against the bytes there are.
    init(cuts: Int, index bytes: [UInt8]) throws(ManifestError) {
        var reader = ByteReader(bytes)
        let chunks = try reader.readThinChunks()
        let entries = try reader.readThinEntries(chunks: chunks.count)
        guard reader.remaining == 0 else { throw .invalid(what: "trailing bytes", offset: reader.offset) }
        self.init(entries: entries, chunks: chunks, cuts: cuts)
    }
}

/// The first byte of an entry. Part of the format; never changes.
private enum EntryTag {
    static let file: UInt8 = 0
    static let executable: UInt8 = 1
    static let directory: UInt8 = 2
    static let symlink: UInt8 = 3
}

extension ByteWriter {
    /// - Parameter used: chunks that entries before this one have used.
    fileprivate mutating func write(_ entry: ThinBuild.Entry, used: inout Int) {
        switch entry.content {
        case .file(let executable, let chunks):
            self.write(byte: executable ? EntryTag.executable : EntryTag.file)
            self.write(entry.path.text)
            self.write(varint: chunks.count)
            for chunk in chunks {
                // 0 for the next new one, which nearly all are; otherwise how far back.
                self.write(varint: used - chunk)
                if chunk == used { used += 1 }
            }
        case .directory:
            self.write(byte: EntryTag.directory)
            self.write(entry.path.text)
        case .symlink(let target):
            self.write(byte: EntryTag.symlink)
            self.write(entry.path.text)
            self.write(target)
        }
    }
}

extension ByteReader {
    /// Reads a count of things that take at least `size` bytes each, so that no count outgrows the bytes there are.
    private mutating func readCount(_ what: String, atMost limit: Int, size: Int) throws(ManifestError) -> Int {
        let start = self.offset
        let count = try self.readInt(what, atMost: limit)
        guard count * size <= self.remaining else { throw .invalid(what: what, offset: start) }
        return count
    }

    fileprivate mutating func readThinChunks() throws(ManifestError) -> [ThinBuild.Chunk] {
        let count = try self.readCount("number of chunks", atMost: ThinBuild.Limit.chunks, size: 34)
        var known: Set<Digest> = []
        known.reserveCapacity(count)
        var chunks: [ThinBuild.Chunk] = []
        chunks.reserveCapacity(count)
        for _ in 0..<count {
            let start = self.offset
            let digest = try self.readDigest()
            let length = try self.readInt("chunk length", atMost: ThinBuild.Limit.chunkLength)
            let sent = try self.readInt("sent length", atMost: ThinBuild.Limit.chunkLength)
            guard length > 0, sent <= length, known.insert(digest).inserted else {
                throw .invalid(what: "chunk", offset: start)
            }
            var body: ThinBuild.Body?
            if sent > 0 {
                guard let codec = ChunkCodec(rawValue: Int(try self.readByte())), codec == .zstd || sent == length
                else {
                    throw .invalid(what: "codec", offset: start)
                }
                body = ThinBuild.Body(length: sent, codec: codec)
            }
            chunks.append(ThinBuild.Chunk(digest: digest, length: length, body: body))
        }
        return chunks
    }

    fileprivate mutating func readThinEntries(chunks: Int) throws(ManifestError) -> [ThinBuild.Entry] {
        let count = try self.readCount("number of entries", atMost: ThinBuild.Limit.entries, size: 3)
        var entries: [ThinBuild.Entry] = []
        entries.reserveCapacity(count)
        var used = 0
        var references = 0
        for _ in 0..<count {
            let start = self.offset
            let tag = try self.readByte()
            let text = try self.readText("path", atMost: BuildPath.longest)
            guard let path = try? BuildPath(validating: text), entries.last.map({ $0.path < path }) ?? true else {
                throw .invalid(what: "path", offset: start)
            }
            let content: ThinBuild.EntryContent
            switch tag {
            case EntryTag.file, EntryTag.executable:
                let indexes = try self.readIndexes(chunks: chunks, used: &used, references: &references)
                content = .file(executable: tag == EntryTag.executable, chunks: indexes)
            case EntryTag.directory: content = .directory
            case EntryTag.symlink:
                content = .symlink(target: try self.readText("symlink target", atMost: ThinBuild.Limit.symlinkTarget))
            default: throw .invalid(what: "kind of entry", offset: start)
            }
            entries.append(ThinBuild.Entry(path: path, content: content))
        }
        guard used == chunks else { throw .invalid(what: "unused chunk", offset: self.offset) }
        return entries
    }

    private mutating func readIndexes(
        chunks: Int, used: inout Int, references: inout Int
    ) throws(ManifestError) -> [Int] {
        let start = self.offset
        let count = try self.readCount("number of a file's chunks", atMost: ThinBuild.Limit.references, size: 1)
        references += count
        guard references <= ThinBuild.Limit.references else { throw .invalid(what: "number of chunks", offset: start) }
        var indexes: [Int] = []
        indexes.reserveCapacity(count)
        for _ in 0..<count {
            let back = try self.readInt("chunk index", atMost: used)
            if back == 0 { used += 1 }
            let index = back == 0 ? used - 1 : used - back
            guard index < chunks else { throw .invalid(what: "chunk index", offset: start) }
            indexes.append(index)
        }
        return indexes
    }
}
