import BuildStore
import Content
import ObjectStore
import Staging

/// The files of a build for a stage that reads them: from staging, and those that were only recorded from their packs.
struct StagedContent: Sendable {
    let builds: BuildStore
    let store: any ObjectStore
    let staging: BuildStaging
    let version: VersionRecord
    /// Where files are put that come from packs; the stage's own.
    let scratch: StagingScratch

    /// - Throws: `StagingError.missing` for a file that is neither staged nor stored.
    func open(_ file: FileRecord) async throws -> FileSource {
        do throws(StagingError) {
            return try self.staging.open(file.path).source
        } catch {
            guard case .missing = error else { throw error }
            guard let content = try await self.stored(file) else { throw error }
            return content
        }
    }

    /// - Returns: nil when a chunk of the file is not stored.
    private func stored(_ file: FileRecord) async throws -> FileSource? {
        let database = self.builds.database
        let numbers = file.number..<file.number + 1
        let lists = try await self.builds.chunks(of: self.version.id, numbers: numbers, in: database)
        guard let list = lists.first?.chunks.elements else { return nil }
        let packs = try await self.builds.packs(of: self.version.id, in: database)
        let found = try await self.builds.locations(
            of: list.map(\.digest), developer: self.version.developer, in: database)
        let chunks = PackedChunks(found, packs: packs, store: self.store)
        let places = list.compactMap { chunks.location(of: $0.digest) }
        guard places.count == list.count else { return nil }
        var writer = try self.scratch.create("\(file.number)")
        for run in chunks.runs(of: places) {
            try Task.checkCancellation()
            for content in try await chunks.read(run) { try writer.write(content.span) }
        }
        writer.close()
        return try self.scratch.open("\(file.number)")
    }
}
