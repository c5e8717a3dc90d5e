import BuildStore
import Content
import JobLifecycle

/// Puts a version's manifest together from what the stages recorded, page by page.
///
/// In memory are its bytes, and of each distinct chunk the digest and the length: some 150 bytes a file.
struct ManifestBuilder: Sendable {
    let builds: BuildStore

    private static let page = 2000
    private static let lookUp = 5000

    struct Built: Sendable {
        /// The canonical bytes.
        let payload: [UInt8]
        /// In the manifest's order.
        let packs: [PackRecord]
        let files: Int
        let contentSize: Int64
        /// Distinct ones.
        let chunks: Int
        let storedSize: Int64
        let newChunks: Int
        let newSize: Int64
    }

    func build(_ version: VersionRecord) async throws -> Built {
        var draft = ManifestDraft()
        let count = try await self.builds.countFiles(of: version.id, in: self.builds.database)
        for start in stride(from: 0, to: count, by: Self.page) {
            try Task.checkCancellation()
            let numbers = start..<min(start + Self.page, count)
            let files = try await self.builds.files(of: version.id, numbers: numbers, in: self.builds.database)
            let lists = try await self.builds.chunks(of: version.id, numbers: numbers, in: self.builds.database)
            try draft.add(files, lists)
        }
        try await self.markNew(in: &draft, of: version.id)
        let packs = try await self.builds.packs(of: version.id, in: self.builds.database)
        draft.packs = Dictionary(uniqueKeysWithValues: packs.map { ($0.id, $0) })
        for places in draft.digests.pages(of: Self.lookUp) {
            try Task.checkCancellation()
            let locations = try await self.builds.locations(
                of: Array(draft.digests[places]), developer: version.developer, in: self.builds.database)
            try draft.place(places, at: locations)
        }
        return draft.finish(version)
    }

    private func markNew(in draft: inout ManifestDraft, of version: VersionID) async throws {
        var number = 0
        while let plan = try await self.builds.packPlan(number, of: version) {
            draft.markNew(plan)
            number += 1
        }
    }
}
