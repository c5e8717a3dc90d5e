import BuildStore
import Content
import JobLifecycle

/// Puts a version's manifest together from what the stages recorded.
struct ManifestBuilder: Sendable {
    let builds: BuildStore

    private static let page = 2000
    private static let lookUp = 5000

    struct Built: Sendable {
        let manifest: Manifest
        /// In the manifest's order.
        let packs: [PackRecord]
        let files: Int
        let contentSize: Int64
        let storedSize: Int64
        let newChunks: Int
        let newSize: Int64
    }

    func build(_ version: VersionRecord) async throws -> Built {
        let (entries, chunks) = try await self.entries(of: version)
        let locations = try await self.locations(of: chunks, developer: version.developer)
        let known = try await self.builds.packs(of: version.id, in: self.builds.database)
        let records = Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0) })
        var packs: [PackRecord] = []
        var indexes: [Int64: Int] = [:]
        var placed: [Manifest.Chunk] = []
        placed.reserveCapacity(chunks.count)
        for chunk in chunks {
            guard let location = locations[chunk.digest], let record = records[location.pack] else {
                throw BuildFailure(
                    Failure(
                        code: "chunk-missing", message: "chunk \(chunk.digest) is in no pack of this version",
                        retryable: true, hint: "retry the version"))
            }
            let index = indexes[record.id] ?? packs.count
            if index == packs.count {
                indexes[record.id] = index
                packs.append(record)
            }
            placed.append(
                Manifest.Chunk(
                    digest: chunk.digest, length: chunk.length, pack: index, offset: location.offset,
                    storedLength: location.storedLength, codec: location.codec))
        }
        let new = try await self.newChunks(of: version.id)
        let manifest = Manifest(
            game: version.game, version: version.id, versionString: version.versionString, entries: entries,
            chunks: placed, packs: packs.map { Manifest.Pack(digest: $0.digest, size: $0.size) })
        return Built(
            manifest: manifest, packs: packs, files: entries.count, contentSize: manifest.contentSize,
            storedSize: placed.reduce(0) { $0 + Int64($1.storedLength) }, newChunks: new.count,
            newSize: placed.reduce(0) { new.contains($1.digest) ? $0 + Int64($1.storedLength) : $0 })
    }

    private func entries(of version: VersionRecord) async throws -> ([Manifest.Entry], [ChunkList.Element]) {
        var entries: [Manifest.Entry] = []
        var chunks: [ChunkList.Element] = []
        var indexes: [Digest: Int] = [:]
        let count = try await self.builds.countFiles(of: version.id, in: self.builds.database)
        for start in stride(from: 0, to: count, by: Self.page) {
            try Task.checkCancellation()
            let numbers = start..<min(start + Self.page, count)
            let files = try await self.builds.files(of: version.id, numbers: numbers, in: self.builds.database)
            let lists = try await self.builds.chunks(of: version.id, numbers: numbers, in: self.builds.database)
            let byNumber = Dictionary(uniqueKeysWithValues: lists.map { ($0.number, $0) })
            for file in files {
                let content = try self.content(
                    of: file, list: byNumber[file.number], chunks: &chunks, indexes: &indexes)
                entries.append(Manifest.Entry(path: file.path, content: content))
            }
        }
        return (entries, chunks)
    }

    private func content(
        of file: FileRecord, list: FileChunks?, chunks: inout [ChunkList.Element], indexes: inout [Digest: Int]
    ) throws -> Manifest.EntryContent {
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
                if let index = indexes[element.digest] { return index }
                indexes[element.digest] = chunks.count
                chunks.append(element)
                return chunks.count - 1
            }
            return .file(size: file.size, executable: file.executable, digest: list.digest, chunks: numbers)
        }
    }

    private func locations(
        of chunks: [ChunkList.Element], developer: DeveloperID
    ) async throws -> [Digest: ChunkLocation] {
        var locations: [Digest: ChunkLocation] = [:]
        locations.reserveCapacity(chunks.count)
        for start in stride(from: 0, to: chunks.count, by: Self.lookUp) {
            let some = chunks[start..<min(start + Self.lookUp, chunks.count)].map(\.digest)
            for location in try await self.builds.locations(of: some, developer: developer, in: self.builds.database) {
                locations[location.digest] = location
            }
        }
        return locations
    }

    private func newChunks(of version: VersionID) async throws -> Set<Digest> {
        var new: Set<Digest> = []
        var number = 0
        while let plan = try await self.builds.packPlan(number, of: version) {
            new.formUnion(plan.entries.map(\.digest))
            number += 1
        }
        return new
    }
}

extension Manifest {
    /// Bytes of all files.
    var contentSize: Int64 {
        self.entries.reduce(0) { sum, entry in
            if case .file(let size, _, _, _) = entry.content { sum + size } else { sum }
        }
    }
}
