import BuildStore
import Content
import Delta
import ObjectStore
import Patching
import Staging

/// The files of both versions as an encoder reads them: where they are staged, or fetched into scratch from the packs.
///
/// Of each its size is known at once, so that a patch is cut into groups before any of them is here.
struct PatchFiles: Sendable {
    /// What is to be made, from what; a file must be here before it is read.
    let targets: [PatchTarget]

    private struct Side: Sendable {
        let stored: StoredContent
        let files: [Int: PatchFile]
    }

    private let old: Side
    private let new: Side
    private let staging: StagingArea
    private let scratch: StagingScratch

    /// - Parameter scratch: shared by all jobs of the patch on this machine, so that each file is fetched once.
    init(
        _ pair: PatchPair, store: any ObjectStore, staging: StagingArea, staged: VersionID, scratch: StagingScratch
    ) {
        // Another machine has no staging of the version; nor has anybody of the other version.
        let build = staging.existing(staged)
        func side(_ side: PatchPair.Side, _ indexes: Set<Int>, _ prefix: String) -> Side {
            var files: [Int: PatchFile] = [:]
            for file in side.content.files where indexes.contains(file.index) {
                files[file.index] = PatchFile(
                    size: file.size, path: file.path, staged: side.version.id == staged ? build : nil,
                    name: "\(prefix)-\(file.index)", scratch: scratch)
            }
            return Side(
                stored: StoredContent(manifest: side.manifest, developer: side.version.developer, store: store),
                files: files)
        }
        let old = side(pair.old, Set(pair.plan.targets.flatMap(\.references)), "old")
        let new = side(pair.new, Set(pair.plan.targets.map(\.file)), "new")
        self.old = old
        self.new = new
        self.staging = staging
        self.scratch = scratch
        self.targets = pair.plan.targets.compactMap { target in
            guard let source = new.files[target.file] else { return nil }
            return PatchTarget(
                file: target.file, source: source,
                references: target.references.compactMap { index in
                    old.files[index].map { PatchReference(file: index, source: $0) }
                }, growth: StreamCarriers.growth(of: source.path.text))
        }
    }

    /// Sees to it that these files can be read.
    func fetch(new: Set<Int>, old: Set<Int>) async throws {
        try await self.fetch(old, of: self.old)
        try await self.fetch(new, of: self.new)
    }

    private func fetch(_ indexes: Set<Int>, of side: Side) async throws {
        for index in indexes.sorted() {
            guard let file = side.files[index], !file.isHere else { continue }
            let room = try self.staging.reserve(ByteCount(file.size))
            // Another job may be fetching the same file: both write the same bytes, and the longer one counts.
            var writer = try self.scratch.rewrite(file.name)
            try await side.stored.write(index, into: &writer)
            writer.close()
            _ = consume room
        }
    }
}

/// A file of a version, in its staging or in scratch; opened for each read, for a patch may have more than can be open.
struct PatchFile: ByteSource {
    let size: Int64
    let path: BuildPath
    let staged: BuildStaging?
    /// In ``scratch``.
    let name: String
    let scratch: StagingScratch

    var isHere: Bool { (try? self.open()) != nil }

    /// - Throws: when it is not here, or not whole.
    private func open() throws -> FileSource {
        if let file = try? self.staged?.open(self.path).source, file.size == self.size { return file }
        let file = try self.scratch.open(self.name)
        guard file.size == self.size else {
            throw StagingError.endOfFile(offset: 0, count: Int(clamping: self.size), size: file.size)
        }
        return file
    }

    func read(_ count: Int, at offset: Int64) throws -> [UInt8] { try self.open().read(count, at: offset) }

    func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8]) throws {
        try self.open().read(count, at: offset, into: &buffer)
    }

    func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8], from start: Int) throws {
        try self.open().read(count, at: offset, into: &buffer, from: start)
    }
}
