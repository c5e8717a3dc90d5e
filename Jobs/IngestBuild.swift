import Archives
import BuildStore
public import Content
import Digests
import FoundationEssentials
public import JobLifecycle
import JobQueue
import ObjectStore
import Packing
import Postgres
import Staging
import Threads

/// First stage: checks what was uploaded and lays its files into staging.
///
/// Reads the upload once: unpacks it within the limits for archives, whether it is one or a thin build, whose other chunks are
/// stored, and takes the SHA-256 of what it reads on the way, which must be the one that was declared. Everything it refuses
/// is refused here, before any other stage has seen a byte. Goes on with ``HashChunks`` for batches of files, and
/// ``PlanBuild`` after them.
///
/// Safe to repeat. An attempt after one that was killed goes on from its last checkpoint: files that were whole are taken
/// over, and the hash goes on where it was, so content before that is not read again where headers lead past it.
public struct IngestBuild: BuildJob {
    public static let kind: JobKind = "ingest-build"
    public static let policy = JobPolicy(
        queue: "ingest", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(4 * 3600))

    /// Bytes laid down from one checkpoint to the next, by default: bringing them to the disk takes seconds at most.
    public static let checkpoints = ByteCount.mebibytes(256)

    public let version: VersionID

    public init(version: VersionID) { self.version = version }
}

struct IngestBuildHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea
    let limits: ArchiveLimits
    /// How many earlier versions a patch is made from.
    let patchedVersions: Int
    /// Bytes written from one checkpoint to the next.
    let checkpoints: ByteCount

    /// Hash what others read, and save checkpoints.
    private let threads = ThreadPool(name: "ingest", threads: 4)
    /// Builds that are read at a time take turns, by studio.
    private let gate = FairGate(width: 2)

    func perform(_ work: IngestBuild, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        try await self.pipeline.builds.markProcessing(version.id, in: self.pipeline.builds.database)
        let size = version.fileSize ?? 0
        let saved: IngestCheckpoint? = attempt.number > 1 ? try await attempt.checkpoint() : nil
        let checkpoint = saved.flatMap { $0.size == size ? $0 : nil } ?? IngestCheckpoint(size: size)
        let build = try self.staging.build(version.id)
        let progress = IngestProgress(
            from: checkpoint, staging: build, attempt: attempt, on: self.threads, interval: self.checkpoints)
        let staging = try IngestStaging(build, from: checkpoint, progress: progress)
        // What the archive holds is at least as much as it weighs, or hardly less.
        let room = try self.staging.reserve(ByteCount(size))
        let source = try await UploadedFile.open(version, store: self.store, attempt: attempt)
        let upload = HashedUpload(
            source, hash: Self.hash(at: checkpoint),
            // Requests to a store stand in a line of its own.
            gate: source is FileSource ? self.gate : nil, key: version.developer.description, on: self.threads,
            attempt: attempt)
        let (tree, digest): (IngestedTree, Digest)
        do {
            tree = IngestedTree(try await self.unpack(upload, of: version, into: staging, attempt: attempt))
            digest = try upload.digest()
        } catch {
            // A checkpoint that is on its way is what the next attempt goes on from.
            upload.drain()
            progress.finish()
            throw error
        }
        try Self.check(digest, declared: version.fileHash)
        try staging.finish()
        _ = consume room
        return .completed { transaction in
            try await self.pipeline.builds.record(tree.files, of: version.id, in: transaction)
            try await self.pipeline.builds.record(tree.known, of: version.id, in: transaction)
            try await self.pipeline.builds.setFileHash(digest, of: version.id, in: transaction)
            var graph = JobGraph()
            let batches = FileBatches.cut(tree.files).map {
                graph.add(HashChunks(version: version.id, first: $0.lowerBound, end: $0.upperBound))
            }
            graph.add(PlanBuild(version: version.id), after: batches)
            try await self.pipeline.queue.enqueue(
                graph, scope: self.pipeline.scope(of: version), in: transaction)
        }
    }

    /// Over the first bytes of the upload: as many as the checkpoint says.
    private static func hash(at checkpoint: IngestCheckpoint) -> ResumableSHA256 {
        Hexadecimal.decode(checkpoint.hash).flatMap { ResumableSHA256(state: $0) } ?? ResumableSHA256()
    }

    private func unpack(
        _ upload: HashedUpload, of version: VersionRecord, into staging: IngestStaging, attempt: Attempt
    ) async throws -> [UnpackedEntry] {
        let begin = try upload.read(Int(min(upload.size, Int64(ThinBuild.magicLength))), at: 0)
        guard ThinBuild.isBegin(of: begin) else {
            return try ArchiveUnpacker(limits: self.limits).unpack(upload, into: staging, attempt: attempt)
        }
        return try await ThinUnpacker(
            builds: self.pipeline.builds, store: self.store, staging: self.staging, limits: self.limits,
            patchedVersions: self.patchedVersions
        ).unpack(upload, of: version, into: staging, attempt: attempt)
    }

    private static func check(_ digest: Digest, declared: String?) throws {
        guard let declared, declared != digest.description else { return }
        throw BuildFailure(
            Failure(
                code: "digest-mismatch", message: "the upload is not the file that was declared", retryable: false,
                hint: "upload it again; when it repeats, look for what alters the file on its way",
                expected: declared, actual: digest.description))
    }
}
