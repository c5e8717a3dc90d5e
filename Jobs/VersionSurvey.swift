import BuildStore
import Content
import Delta

/// What a version holds by the database alone, whether its packs are stored yet or not.
struct VersionSurvey: Sendable {
    let builds: BuildStore

    private static let page = 2000
    private static let lookUp = 5000

    /// Files by the indexes their manifest has or will have; chunks that are not stored count with their full length.
    func content(of version: VersionRecord) async throws -> VersionContent {
        var files: [VersionContent.File] = []
        var chunks: [ChunkList.Element] = []
        var indexes: [Digest: Int] = [:]
        let count = try await self.builds.countFiles(of: version.id, in: self.builds.database)
        for start in stride(from: 0, to: count, by: Self.page) {
            try Task.checkCancellation()
            let numbers = start..<min(start + Self.page, count)
            let lists = try await self.builds.chunks(of: version.id, numbers: numbers, in: self.builds.database)
            let byNumber = Dictionary(uniqueKeysWithValues: lists.map { ($0.number, $0) })
            for file in try await self.builds.files(of: version.id, numbers: numbers, in: self.builds.database) {
                guard file.entry == .file, let list = byNumber[file.number] else { continue }
                let own = list.chunks.elements.map { element in
                    if let index = indexes[element.digest] { return index }
                    indexes[element.digest] = chunks.count
                    chunks.append(element)
                    return chunks.count - 1
                }
                files.append(
                    VersionContent.File(
                        index: file.number, path: file.path, size: file.size, digest: list.digest, chunks: own))
            }
        }
        let stored = try await self.storedLengths(of: chunks, developer: version.developer)
        return VersionContent(
            files: files,
            chunks: chunks.map {
                VersionContent.Chunk(digest: $0.digest, length: $0.length, storedLength: stored[$0.digest] ?? $0.length)
            })
    }

    private func storedLengths(
        of chunks: [ChunkList.Element], developer: DeveloperID
    ) async throws -> [Digest: Int] {
        var lengths: [Digest: Int] = [:]
        for start in stride(from: 0, to: chunks.count, by: Self.lookUp) {
            let some = chunks[start..<min(start + Self.lookUp, chunks.count)].map(\.digest)
            for location in try await self.builds.locations(of: some, developer: developer, in: self.builds.database) {
                lengths[location.digest] = location.storedLength
            }
        }
        return lengths
    }
}
