import Archives
import BuildStore
import Content
import ContentHashing
import FoundationEssentials
import Glibc
import JobLifecycle
import ObjectStore
import Packing
import Patching
import Platform
import Postgres
import Synchronization
import TestKit
import Testing
import Threads

@testable import JobQueue
@testable import Jobs

/// One upload on its way through the stages, each job run as a worker would run it.
struct IngestRun {
    let fixture: ShopJobFixture
    let version: VersionRecord
    /// Earlier versions that patches are planned from.
    var patchedVersions = 1
    private let threads = ThreadPool(name: "run", threads: 8)

    /// Puts an upload into a store, committed.
    init(_ bytes: [UInt8], as name: String, in store: any ObjectStore, _ fixture: ShopJobFixture) async throws {
        let reservation = try await fixture.database.transaction { transaction in
            try await fixture.builds.reserve(
                name, of: fixture.game, developer: fixture.developer, fileSize: Int64(bytes.count), changelog: nil,
                key: { "uploads/\(fixture.developer)/\($0)/\($1)" }, in: transaction)
        }
        guard case .reserved(let version) = reservation else { throw ObjectStoreError.cancelled }
        _ = try await store.put(
            try ObjectKey(validating: version.s3Path), .bytes(bytes), digest: nil, condition: .always)
        _ = try await fixture.builds.markUploaded(
            version.id, fileHash: nil, provenance: nil, job: 1, in: fixture.database)
        self.fixture = fixture
        self.version = version
    }

    /// How an attempt to ingest ended.
    struct Ended {
        /// Nil when it completed.
        let error: (any Error)?
        /// What the next one goes on from.
        let checkpoint: String?
        /// Entries that it reported done.
        let items: Int64
    }

    private var pipeline: BuildPipeline {
        BuildPipeline(
            builds: self.fixture.builds, queue: self.fixture.queue,
            events: Events(outbox: Outbox(database: self.fixture.database), queue: self.fixture.queue))
    }

    /// Runs one attempt, cut off once it has done so many entries, or read so many bytes.
    func ingest(
        from store: any ObjectStore, goingOn checkpoint: String? = nil, until items: Int64 = .max,
        bytes: Int64 = .max
    ) async throws -> Ended {
        let handler = IngestBuildHandler(
            pipeline: self.pipeline, store: store, staging: self.fixture.staging, limits: .standard,
            patchedVersions: 1, checkpoints: .kibibytes(64))
        let attempt = Attempt(
            job: JobID(rawValue: 1), number: checkpoint == nil ? 1 : 2, maxAttempts: 5, scope: nil, developer: nil
        ) { checkpoint }
        let (threads, id) = (self.threads, self.version.id)
        let work = Task.detached {
            try await withTaskExecutorPreference(threads) {
                try await handler.perform(IngestBuild(version: id), attempt: attempt)
            }
        }
        let watch = Task.detached {
            while !Task.isCancelled, attempt.progress.itemsDone < items, attempt.progress.bytesDone < bytes {
                usleep(200)
            }
            work.cancel()
        }
        let result = await work.result
        watch.cancel()
        let left = attempt.takeNews()?.checkpoint ?? checkpoint
        switch result {
        case .failure(let error): return Ended(error: error, checkpoint: left, items: attempt.progress.itemsDone)
        case .success(let outcome):
            try await self.record(outcome)
            return Ended(error: nil, checkpoint: left, items: attempt.progress.itemsDone)
        }
    }

    /// Runs the stages after it, and puts the manifest together as if it were version 0 of game 0.
    func manifest() async throws -> [UInt8] {
        let (builds, database) = (self.fixture.builds, self.fixture.database)
        let count = try await builds.countFiles(of: self.version.id, in: database)
        let hash = HashChunksHandler(pipeline: self.pipeline, staging: self.fixture.staging, threads: self.threads)
        try await self.run(hash, HashChunks(version: self.version.id, first: 0, end: count))
        let plan = PlanBuildHandler(
            pipeline: self.pipeline, scanner: try OneVerdict(nil),
            patches: PatchPolicy(
                versions: self.patchedVersions, rollbacks: 0, level: .standard, memory: .mebibytes(64), worthwhile: 0.95
            ))
        try await self.run(plan, PlanBuild(version: self.version.id))
        let transfer = TransferChunksHandler(
            pipeline: self.pipeline, store: self.fixture.store, staging: self.fixture.staging)
        var pack = 0
        while try await builds.packPlan(pack, of: self.version.id) != nil {
            try await self.run(transfer, TransferChunks(version: self.version.id, pack: pack))
            pack += 1
        }
        let built = try await ManifestBuilder(builds: builds).build(self.version)
        let manifest = try Manifest(decoding: built.payload)
        #expect(manifest.entries.count == built.files && manifest.chunks.count == built.chunks)
        let zero = try #require(UUID(uuidString: "00000000-0000-0000-0000-000000000000"))
        return Manifest(
            game: GameID(zero), version: VersionID(zero), versionString: "0", entries: manifest.entries,
            chunks: manifest.chunks, packs: manifest.packs
        ).encoded()
    }

    private func run<Handler: JobHandler>(_ handler: Handler, _ work: Handler.Work) async throws {
        let attempt = Attempt(job: JobID(rawValue: 1), number: 1, maxAttempts: 1, scope: nil, developer: nil)
        try await self.record(try await handler.perform(work, attempt: attempt))
    }

    private func record(_ outcome: Outcome) async throws {
        guard case .completed(let recording?) = outcome else { return }
        try await self.fixture.database.transaction { try await recording($0) }
    }

    /// Files as a push sends them: an index, and every chunk.
    static func thin(_ files: [(path: String, bytes: [UInt8])]) throws -> [UInt8] {
        var (table, chunks, entries, bodies): (DigestTable, [ThinBuild.Chunk], [ThinBuild.Entry], [UInt8]) =
            (DigestTable(), [], [], [])
        for file in files.sorted(by: { $0.path < $1.path }) {
            var (own, offset): ([Int], Int) = ([], 0)
            for chunk in try FileChunker.chunk(MemorySource(file.bytes)).chunks {
                let (place, isNew) = table.insert(chunk.digest)
                own.append(place)
                if isNew {
                    chunks.append(
                        ThinBuild.Chunk(
                            digest: chunk.digest, length: chunk.length,
                            body: ThinBuild.Body(length: chunk.length, codec: .stored)))
                    bodies += file.bytes[offset..<offset + chunk.length]
                }
                offset += chunk.length
            }
            entries.append(
                ThinBuild.Entry(
                    path: try BuildPath(validating: file.path), content: .file(executable: false, chunks: own)))
        }
        return try ThinBuild(entries: entries, chunks: chunks, cuts: FileChunker.cuts).encodedHead() + bodies
    }
}
