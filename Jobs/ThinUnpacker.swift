import Archives
import BuildStore
import Content
import ContentHashing
import JobLifecycle
import JobQueue
import ObjectStore
import Packing
import Postgres
import Staging

/// Lays a thin build into staging: what was sent, and around it what the studio has stored before.
///
/// The format, and who may refer to which chunks, is told in `Sources/Packing/README.md`.
struct ThinUnpacker: Sendable {
    let builds: BuildStore
    let store: any ObjectStore
    let staging: StagingArea
    let limits: ArchiveLimits
    let patchedVersions: Int

    private static let lookUp = 5000
    /// Files written at a time: enough that requests to a store overlap.
    private static let filesAtATime = 8

    /// - Throws: ``BuildFailure`` for a build that is refused, and what the stores throw.
    func unpack(
        _ source: HashedUpload, of version: VersionRecord, into staging: IngestStaging, attempt: Attempt
    ) async throws -> [UnpackedEntry] {
        let (build, bodies) = try self.open(source)
        let kept = try await self.keep(build, for: version)
        let known = try await self.knownFiles(of: build, version: version)
        let entries = build.entries.enumerated().map { index, entry in
            UnpackedEntry(entry, size: build.size(of: entry), known: known[index])
        }
        let staged = entries.indices.filter { entries[$0].entry == .file && entries[$0].known == nil }
        let room = try self.staging.reserve(ByteCount(staged.reduce(0) { $0 + entries[$1].size }))
        let writer = ThinFileWriter(
            build: build, places: build.places(from: bodies), upload: source, kept: kept, staging: staging.build)
        attempt.report { $0.itemsTotal = Int64(staged.count) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, entry) in staged.enumerated() {
                if index >= Self.filesAtATime { try await group.next() }
                group.addTask {
                    let (path, size) = (entries[entry].path, entries[entry].size)
                    if try staging.adopt(index, path, size: size) == nil {
                        try await writer.write(build.entries[entry])
                    }
                    staging.progress.finished(index, bytes: size, of: source)
                    attempt.report { $0.itemsDone += 1 }
                }
            }
            try await group.waitForAll()
        }
        _ = consume room
        return entries
    }

    private func open(_ source: HashedUpload) throws -> (build: ThinBuild, bodies: Int64) {
        let opened: (build: ThinBuild, bodies: Int64)
        do {
            opened = try ThinBuild.open(source)
        } catch let error as ThinBuildError {
            throw BuildFailure(Failure(error))
        }
        guard opened.build.cuts == FileChunker.cuts else {
            throw BuildFailure(
                Failure(
                    code: "unsupported-format", message: "the files were cut by rules \(opened.build.cuts)",
                    retryable: false, stage: "ingest", hint: "push with a client of the service's release",
                    expected: "\(FileChunker.cuts)", actual: "\(opened.build.cuts)"))
        }
        let problems = ThinBuildCheck.problems(of: opened.build, limits: self.limits)
        guard problems.isEmpty else { throw BuildFailure(Failure(refusing: problems)) }
        return opened
    }

    /// Makes sure that every chunk which was not sent is stored and stays so.
    ///
    /// - Returns: those that are needed to write files.
    private func keep(_ build: ThinBuild, for version: VersionRecord) async throws -> PackedChunks {
        let unsent = build.chunks.filter { $0.body == nil }
        var missing: [Digest] = []
        var locations: [ChunkLocation] = []
        for start in stride(from: 0, to: unsent.count, by: Self.lookUp) {
            try Task.checkCancellation()
            let some = unsent[start..<min(start + Self.lookUp, unsent.count)]
            let stored = try await self.builds.database.transaction { transaction in
                try await self.builds.keepStored(
                    some.map(\.digest), developer: version.developer, for: version.id, in: transaction)
            }
            let found = try await self.builds.locations(
                of: Array(stored), developer: version.developer, in: self.builds.database)
            let lengths = Dictionary(uniqueKeysWithValues: found.map { ($0.digest, $0.length) })
            // A chunk of another length is not the one that is meant.
            missing += some.filter { lengths[$0.digest] != $0.length }.map(\.digest)
            locations += found
        }
        guard missing.isEmpty else { throw BuildFailure(Failure(missing: missing)) }
        let packs = try await self.builds.packs(of: version.id, in: self.builds.database)
        return PackedChunks(locations, packs: packs, store: self.store)
    }

    /// Files that need not be laid into staging, by their index: all their chunks are stored, and no patch makes them.
    private func knownFiles(of build: ThinBuild, version: VersionRecord) async throws -> [Int: KnownFile] {
        var files: [Int: KnownFile] = [:]
        for (index, entry) in build.entries.enumerated() {
            guard case .file(_, let chunks) = entry.content, !chunks.isEmpty,
                chunks.allSatisfy({ build.chunks[$0].body == nil })
            else { continue }
            let list = chunks.map { build.chunks[$0] }
            files[index] = KnownFile(
                digest: FileRoot.digest(of: list.lazy.map { ($0.digest, $0.length) }),
                chunks: ChunkList(list.map { ChunkList.Element(digest: $0.digest, length: $0.length) }))
        }
        let old = try await self.builds.patchSources(for: version, limit: self.patchedVersions).map(\.id)
        let digests = Array(Set(files.values.map(\.digest)))
        var held: Set<Digest> = []
        for start in stride(from: 0, to: digests.count, by: Self.lookUp) {
            let some = Array(digests[start..<min(start + Self.lookUp, digests.count)])
            held.formUnion(try await self.builds.contents(some, heldByAll: old))
        }
        return files.filter { held.contains($0.value.digest) }
    }
}

extension UnpackedEntry {
    fileprivate init(_ entry: ThinBuild.Entry, size: Int64, known: KnownFile?) {
        switch entry.content {
        case .file(let executable, _):
            self.init(
                path: entry.path, entry: .file, size: size, executable: executable, target: nil, known: known)
        case .directory: self.init(path: entry.path, entry: .directory, size: 0, executable: false, target: nil)
        case .symlink(let target):
            self.init(path: entry.path, entry: .symlink, size: 0, executable: false, target: target)
        }
    }
}

extension Failure {
    fileprivate init(_ error: ThinBuildError) {
        let code: String
        if case .unsupportedFormat = error { code = "unsupported-format" } else { code = "archive-corrupt" }
        self.init(
            code: code, message: "the thin build was refused: \(error)", retryable: false, stage: "ingest",
            hint: "push again with a client of the service's release")
    }

    fileprivate init(missing: [Digest]) {
        self.init(
            code: "chunks-missing", message: "\(missing.count) chunks were neither sent nor stored before",
            retryable: false, stage: "ingest", hint: "push again: the chunks that are missing now will be sent",
            problems: missing.prefix(100).map { Problem(code: "chunk-missing", path: nil, message: "\($0)") })
    }
}
