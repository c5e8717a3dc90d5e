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
        var digests = DigestTable()
        var lengths: [UInt32] = []
        let count = try await self.builds.countFiles(of: version.id, in: self.builds.database)
        for start in stride(from: 0, to: count, by: Self.page) {
            try Task.checkCancellation()
            let numbers = start..<min(start + Self.page, count)
            let lists = try await self.builds.chunks(of: version.id, numbers: numbers, in: self.builds.database)
            let byNumber = Dictionary(uniqueKeysWithValues: lists.map { ($0.number, $0) })
            for file in try await self.builds.files(of: version.id, numbers: numbers, in: self.builds.database) {
                guard file.entry == .file, let list = byNumber[file.number] else { continue }
                let own = list.chunks.elements.map { element in
                    let (place, isNew) = digests.insert(element.digest)
                    if isNew { lengths.append(UInt32(element.length)) }
                    return place
                }
                files.append(
                    VersionContent.File(
                        index: file.number, path: file.path, size: file.size, digest: list.digest, chunks: own))
            }
        }
        let stored = try await self.storedLengths(of: digests, lengths: lengths, developer: version.developer)
        return VersionContent(
            files: files,
            chunks: lengths.indices.map {
                VersionContent.Chunk(digest: digests[$0], length: Int(lengths[$0]), storedLength: Int(stored[$0]))
            })
    }

    private func storedLengths(
        of digests: DigestTable, lengths: [UInt32], developer: DeveloperID
    ) async throws -> [UInt32] {
        var stored = lengths
        for page in digests.pages(of: Self.lookUp) {
            let some = Array(digests[page])
            for location in try await self.builds.locations(of: some, developer: developer, in: self.builds.database) {
                guard let place = digests.place(of: location.digest) else { continue }
                stored[place] = UInt32(location.storedLength)
            }
        }
        return stored
    }
}
