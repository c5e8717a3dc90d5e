import BuildStore
import Content
import JobLifecycle

/// A manifest in the making: entries first, then the places of the chunks they brought.
struct ManifestDraft {
    /// The distinct chunks, in order of first use.
    private(set) var digests = DigestTable()
    /// The packs that chunks may lie in, by their ids.
    var packs: [Int64: PackRecord] = [:]

    private var writer = ManifestWriter()
    private var lengths: [UInt32] = []
    /// Which chunks were first stored for this version.
    private var isNew: [Bool] = []
    private var files = 0
    private var contentSize: Int64 = 0
    private var storedSize: Int64 = 0
    private var newSize: Int64 = 0
    private var newChunks = 0
    private var used: [PackRecord] = []
    private var indexes: [Int64: Int] = [:]

    /// Adds the next files.
    ///
    /// - Parameter lists: their chunks; none of what is no file.
    mutating func add(_ files: [FileRecord], _ lists: [FileChunks]) throws {
        let byNumber = Dictionary(uniqueKeysWithValues: lists.map { ($0.number, $0) })
        for file in files {
            let content = try self.content(of: file, list: byNumber[file.number])
            self.writer.add(Manifest.Entry(path: file.path, content: content))
            self.files += 1
            if file.entry == .file { self.contentSize += file.size }
        }
    }

    private mutating func content(of file: FileRecord, list: FileChunks?) throws -> Manifest.EntryContent {
        switch file.entry {
        case .directory: return .directory
        case .symlink: return .symlink(target: file.target ?? "")
        case .file:
            guard let list else {
                throw BuildFailure(
                    Failure(
                        code: "chunk-missing", message: "\(file.path) has no chunks recorded", retryable: true,
                        path: file.path.text))
            }
            let numbers = list.chunks.elements.map { element in
                let (place, isNew) = self.digests.insert(element.digest)
                if isNew { self.lengths.append(UInt32(element.length)) }
                return place
            }
            return .file(size: file.size, executable: file.executable, digest: list.digest, chunks: numbers)
        }
    }

    /// Takes note of the chunks that this version stores; all entries are there.
    mutating func markNew(_ plan: PackPlan) {
        if self.isNew.isEmpty { self.isNew = [Bool](repeating: false, count: self.digests.count) }
        for entry in plan.entries {
            guard let place = self.digests.place(of: entry.digest) else { continue }
            self.isNew[place] = true
        }
    }

    /// Adds the next chunks.
    ///
    /// - Parameter locations: of these, in any order.
    mutating func place(_ places: Range<Int>, at locations: [ChunkLocation]) throws {
        let byDigest = Dictionary(locations.map { ($0.digest, $0) }) { first, _ in first }
        for place in places {
            let digest = self.digests[place]
            guard let location = byDigest[digest], let record = self.packs[location.pack] else {
                throw BuildFailure(
                    Failure(
                        code: "chunk-missing", message: "chunk \(digest) is in no pack of this version",
                        retryable: true, hint: "retry the version"))
            }
            self.writer.add(
                Manifest.Chunk(
                    digest: digest, length: Int(self.lengths[place]), pack: self.index(of: record),
                    offset: location.offset, storedLength: location.storedLength, codec: location.codec))
            self.storedSize += Int64(location.storedLength)
            if !self.isNew.isEmpty, self.isNew[place] {
                self.newChunks += 1
                self.newSize += Int64(location.storedLength)
            }
        }
    }

    private mutating func index(of record: PackRecord) -> Int {
        if let index = self.indexes[record.id] { return index }
        let index = self.used.count
        self.indexes[record.id] = index
        self.used.append(record)
        self.writer.add(Manifest.Pack(digest: record.digest, size: record.size))
        return index
    }

    /// The whole; every chunk has its place.
    consuming func finish(_ version: VersionRecord) -> ManifestBuilder.Built {
        let chunks = self.digests.count
        // What is not needed any more goes before the bytes are put together.
        self.digests = DigestTable()
        self.lengths = []
        self.isNew = []
        return ManifestBuilder.Built(
            payload: self.writer.finish(
                game: version.game, version: version.id, versionString: version.versionString),
            packs: self.used, files: self.files, contentSize: self.contentSize, chunks: chunks,
            storedSize: self.storedSize, newChunks: self.newChunks, newSize: self.newSize)
    }
}
