import BuildStore
import Content
import Delta
import Digests
import FoundationEssentials
import JobLifecycle
import JobQueue
import ManifestSigning
import ObjectStore
import Patching
import Platform
import Postgres
import Staging
import Testing

@testable import Jobs

/// Versions that are published, and the jobs that make patches between them, run one at a time on one machine or two.
struct PatchFixture: Sendable {
    let shop: ShopJobFixture
    /// Two machines.
    let stagings: [StagingArea]
    let key: Ed25519.SigningKey
    var policy = PatchPolicy(
        versions: 3, rollbacks: 1, level: .fast, memory: .mebibytes(64), worthwhile: 0.95)
    /// New bytes of a job.
    var batch: Int64 = 1
    /// Processor time that every attempt at a job of this kind is said to take.
    var takes: @Sendable (JobKind) -> Duration = { _ in .zero }

    var builds: BuildStore { self.shop.builds }

    var pipeline: BuildPipeline {
        BuildPipeline(
            builds: self.builds, queue: self.shop.queue,
            events: Events(outbox: Outbox(database: self.shop.database), queue: self.shop.queue))
    }

    static func with(_ body: (PatchFixture) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-patch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let stagings = try ["a", "b"].map {
            try StagingArea(root: directory.appending(path: $0).path, watermark: .zero)
        }
        try await ShopJobFixture.with { shop in
            try await body(
                PatchFixture(
                    shop: shop, stagings: stagings,
                    key: try Ed25519.SigningKey(seed: [UInt8](repeating: 7, count: 32))))
        }
    }

    // MARK: Versions

    /// Files by path, and the version that has them.
    struct Build: Sendable {
        let version: VersionID
        let manifest: Manifest
        let digest: Digest
        let files: [String: [UInt8]]
    }

    private static let chunk = 64 << 10

    /// Publishes a version whose files are cut every 64 KiB, in one pack.
    ///
    /// - Parameter isStaged: whether the first machine has its files in staging.
    func publish(_ name: String, _ files: [String: [UInt8]], isStaged: Bool = false) async throws -> Build {
        let version = VersionID(UUID())
        var pack: [UInt8] = []
        var chunks: [Manifest.Chunk] = []
        var known: [Digest: Int] = [:]
        var entries: [Manifest.Entry] = []
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            var own: [Int] = []
            for start in stride(from: 0, to: bytes.count, by: Self.chunk) {
                let piece = Array(bytes[start..<min(start + Self.chunk, bytes.count)])
                let digest = Digest.sha256(of: piece)
                if let index = known[digest] {
                    own.append(index)
                    continue
                }
                own.append(chunks.count)
                known[digest] = chunks.count
                chunks.append(
                    Manifest.Chunk(
                        digest: digest, length: piece.count, pack: 0, offset: Int64(pack.count),
                        storedLength: piece.count, codec: .stored))
                pack += piece
            }
            entries.append(
                Manifest.Entry(
                    path: try BuildPath(validating: path),
                    content: .file(
                        size: Int64(bytes.count), executable: false, digest: .sha256(of: bytes), chunks: own)))
            guard isStaged else { continue }
            var writer = try self.stagings[0].build(version).create(
                try BuildPath(validating: path), mode: FileMode(permissions: 0o644))
            try writer.write(bytes.span)
            writer.close()
        }
        let manifest = Manifest(
            game: self.shop.game, version: version, versionString: name, entries: entries, chunks: chunks,
            packs: [Manifest.Pack(digest: .sha256(of: pack), size: Int64(pack.count))])
        let sealed = try ManifestEnvelope.seal(manifest, with: self.key)
        let key = try StoreLayout.manifest(
            sealed.digest, of: version, game: self.shop.game, developer: self.shop.developer)
        _ = try await self.shop.store.put(
            try StoreLayout.pack(.sha256(of: pack), of: self.shop.developer), .bytes(pack), digest: nil,
            condition: .always)
        _ = try await self.shop.store.put(key, .bytes(sealed.bytes), digest: nil, condition: .always)
        try await self.shop.database.execute(
            """
            INSERT INTO game_versions (version_id, game_id, version_string, status, s3_path)
            VALUES (\(version), \(self.shop.game), \(name), 'ready', \(key.text))
            """)
        try await self.shop.database.execute(
            """
            INSERT INTO manifests (version_id, digest, object_key, size, files, content_size, chunks, new_chunks,
                                   stored_size, new_size)
            VALUES (\(version), \(sealed.digest), \(key.text), 1, 1, 1, 1, 1, 1, 1)
            """)
        return Build(version: version, manifest: manifest, digest: sealed.digest, files: files)
    }

    /// The patch as one encoder makes it at once.
    func whole(from old: Build, to new: Build) throws -> [UInt8] {
        func sources(_ build: Build) -> [Int: MemorySource] {
            Dictionary(
                uniqueKeysWithValues: build.manifest.entries.enumerated().map {
                    ($0, MemorySource(build.files[$1.path.text] ?? []))
                })
        }
        let (before, after) = (sources(old), sources(new))
        let plan = PatchPlan(from: VersionContent(old.manifest), to: VersionContent(new.manifest))
        let targets = plan.targets.compactMap { target in
            after[target.file].map { source in
                PatchTarget(
                    file: target.file, source: source,
                    references: target.references.compactMap { file in
                        before[file].map { PatchReference(file: file, source: $0) }
                    })
            }
        }
        var patch: [UInt8] = []
        let encoder = PatchEncoder(
            from: old.digest, to: new.digest, level: self.policy.level, memory: self.policy.memory, threads: 1)
        _ = try encoder.encode(targets) { bytes in for index in bytes.indices { patch.append(bytes[index]) } }
        return patch
    }

    // MARK: Jobs

    /// Enqueues a patch's jobs, as the plan of a build does.
    func enqueue(_ version: Build, _ other: Build, isRollback: Bool = false, rank: Int = 0) async throws {
        var graph = JobGraph()
        let plan = graph.add(
            PlanPatch(version: version.version, other: other.version, isRollback: isRollback, rank: rank))
        graph.add(
            AssemblePatch(version: version.version, other: other.version, isRollback: isRollback), after: [plan])
        let jobs = graph
        let scope = JobScope(
            id: version.version.uuid, developer: self.shop.developer, key: self.shop.developer.description)
        try await self.shop.database.transaction { _ = try await self.shop.queue.enqueue(jobs, scope: scope, in: $0) }
    }

    /// Enqueues the job that reads both versions and tells why the update costs what it costs.
    func enqueueExplanation(_ version: Build, _ other: Build) async throws {
        var graph = JobGraph()
        graph.add(ExplainUpdate(version: version.version, other: other.version))
        let jobs = graph
        let scope = JobScope(
            id: version.version.uuid, developer: self.shop.developer, key: self.shop.developer.description)
        try await self.shop.database.transaction { _ = try await self.shop.queue.enqueue(jobs, scope: scope, in: $0) }
    }

    /// Tells that a version has gone live.
    func goLive(_ build: Build) async throws {
        let live = try #require(try await self.builds.version(build.version, in: self.builds.database))
        try await self.builds.database.transaction {
            try await PlanUpdate.enqueue(from: live, by: self.pipeline, in: $0)
        }
    }

    /// Runs jobs until none is due.
    ///
    /// - Parameters:
    ///   - machines: which of them takes each job in turn.
    ///   - store: as a job's machine sees it; one that dies kills the job, and the next attempt sees it whole again.
    /// - Returns: kinds of the jobs that completed, in order.
    @discardableResult
    func run(
        machines: [Int] = [0], over store: (any ObjectStore)? = nil, stoppingAfter most: Int = 10_000
    ) async throws -> [String] {
        let worker = try await self.shop.queue.register(name: "test")
        var completed: [String] = []
        var turn = 0
        while completed.count < most, let job = try await self.shop.queue.lease(1, from: "patch", to: worker).first {
            let staging = self.stagings[machines[turn % machines.count]]
            turn += 1
            let spent = self.takes(job.kind)
            let attempt = Attempt(
                job: job.id, number: job.attempt, maxAttempts: job.maxAttempts, scope: job.scope,
                developer: job.developer, processorTime: { spent })
            do {
                let outcome = try await self.perform(
                    job, attempt, over: store.map { $0 } ?? self.shop.store, staging: staging)
                guard case .completed(let recording) = outcome else { continue }
                _ = try await self.shop.queue.end(job, as: .completed) { try await recording?($0) }
                completed.append(job.kind.rawValue)
            } catch ObjectStoreError.cancelled {
                // Dead in the midst of it: nothing of the attempt counts, and another follows.
                _ = try await self.shop.queue.end(
                    job,
                    as: .retried(
                        after: .zero, Failure(code: "killed", message: "on purpose", retryable: true)))
                try await self.shop.queue.promoteDue()
                return completed
            }
        }
        return completed
    }

    private func perform(
        _ job: LeasedJob, _ attempt: Attempt, over store: any ObjectStore, staging: StagingArea
    ) async throws -> Outcome {
        let (pipeline, key) = (self.pipeline, self.key.verifyingKey)
        func work<Work: Job>(_ type: Work.Type) throws -> Work {
            try JSONDecoder().decode(type, from: Data(job.payload.utf8))
        }
        switch job.kind {
        case PlanPatch.kind:
            let handler = PlanPatchHandler(
                pipeline: pipeline, store: store, staging: staging, key: key, policy: self.policy, batch: self.batch)
            return try await handler.perform(try work(PlanPatch.self), attempt: attempt)
        case EncodePatch.kind:
            let handler = EncodePatchHandler(builds: self.builds, store: store, staging: staging, key: key)
            return try await handler.perform(try work(EncodePatch.self), attempt: attempt)
        case PlanUpdate.kind:
            let handler = PlanUpdateHandler(pipeline: pipeline, patches: self.policy)
            return try await handler.perform(try work(PlanUpdate.self), attempt: attempt)
        case PreviewUpdate.kind:
            return try await PreviewUpdateHandler(builds: self.builds).perform(
                try work(PreviewUpdate.self), attempt: attempt)
        case ExplainUpdate.kind:
            let handler = ExplainUpdateHandler(
                pipeline: pipeline, store: store, staging: staging, key: key, policy: self.policy)
            return try await handler.perform(try work(ExplainUpdate.self), attempt: attempt)
        default:
            let handler = AssemblePatchHandler(
                pipeline: pipeline, store: store, staging: staging, key: key, policy: self.policy)
            return try await handler.perform(try work(AssemblePatch.self), attempt: attempt)
        }
    }

    /// What became of a patch, and its bytes.
    func patch(from old: Build, to new: Build) async throws -> (record: PatchRecord, bytes: [UInt8]?)? {
        guard let record = try await self.builds.patches(to: new.version).first(where: { $0.from == old.version })
        else { return nil }
        guard let key = record.objectKey else { return (record, nil) }
        let bytes = try await self.shop.store.read(
            try ObjectKey(validating: key), range: nil, limit: .mebibytes(64))
        return (record, bytes)
    }

    /// Everything that patches in the making leave anywhere.
    func remains() async throws -> [String] {
        try await self.shop.collect(Retention(deadPatches: .zero))
        var remains = try await self.shop.keys().filter { $0.hasPrefix(StoreLayout.patchParts) }
        remains += try await self.shop.store.listMultipartUploads(prefix: "").map(\.key.text)
        for staging in self.stagings { remains += try staging.scratches(prefix: "") }
        let rows = try await self.shop.database.rows("SELECT build_id FROM patch_builds")
        return remains + (try rows.map { row in "build \(try row("build_id") as Int64)" })
    }
}
