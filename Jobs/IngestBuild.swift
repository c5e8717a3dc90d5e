import Archives
import BuildStore
public import Content
import FoundationEssentials
public import JobLifecycle
import JobQueue
import ObjectStore
import Postgres
import Staging

/// First stage: checks what was uploaded and lays its files into staging.
///
/// Reads the upload for its SHA-256, which must be the one that was declared, and unpacks it within the limits for
/// archives. Everything it refuses is refused here, before any other stage has seen a byte. Goes on with ``HashChunks``
/// for batches of files, and ``PlanBuild`` after them. Safe to repeat: it begins with empty staging.
public struct IngestBuild: BuildJob {
    public static let kind: JobKind = "ingest-build"
    public static let policy = JobPolicy(
        queue: "ingest", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(4 * 3600))

    public let version: VersionID

    public init(version: VersionID) { self.version = version }
}

struct IngestBuildHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let store: any ObjectStore
    let staging: StagingArea
    let limits: ArchiveLimits

    func perform(_ work: IngestBuild, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        try await self.pipeline.builds.markProcessing(version.id, in: self.pipeline.builds.database)
        let staging = try self.staging.build(version.id)
        try staging.wipe()
        // What the archive holds is at least as much as it weighs, or hardly less.
        let room = try self.staging.reserve(ByteCount(version.fileSize ?? 0))
        let upload = try await UploadedFile.open(version, store: self.store, staging: staging, attempt: attempt)
        // The hash needs one core and the archive the other; both read the same pages.
        async let hash = upload.digest(attempt: attempt)
        let entries = try ArchiveUnpacker(limits: self.limits).unpack(upload.source, into: staging, attempt: attempt)
        // The next stages trust what they find, also after the machine lost power.
        try staging.flush()
        let digest = try await hash
        try Self.check(digest, declared: version.fileHash)
        let files = Self.number(entries)
        _ = consume room
        return .completed { transaction in
            try await self.pipeline.builds.record(files, of: version.id, in: transaction)
            try await self.pipeline.builds.setFileHash(digest, of: version.id, in: transaction)
            var graph = JobGraph()
            let batches = FileBatches.cut(files).map {
                graph.add(HashChunks(version: version.id, first: $0.lowerBound, end: $0.upperBound))
            }
            graph.add(PlanBuild(version: version.id), after: batches)
            try await self.pipeline.queue.enqueue(
                graph, scope: self.pipeline.scope(of: version), in: transaction)
        }
    }

    private static func check(_ digest: Digest, declared: String?) throws {
        guard let declared, declared != digest.description else { return }
        throw BuildFailure(
            Failure(
                code: "digest-mismatch", message: "the upload is not the file that was declared", retryable: false,
                hint: "upload it again; when it repeats, look for what alters the file on its way",
                expected: declared, actual: digest.description))
    }

    /// Orders the entries by path, drops directories that are not empty, and numbers the rest.
    private static func number(_ entries: [UnpackedEntry]) -> [FileRecord] {
        let parents = Set(entries.compactMap(\.path.parent))
        let kept = entries.filter { $0.entry != .directory || !parents.contains($0.path) }
        return kept.sorted { $0.path < $1.path }.enumerated().map { number, entry in
            FileRecord(
                number: number, path: entry.path, entry: entry.entry, size: entry.size, executable: entry.executable,
                target: entry.target, digest: nil)
        }
    }
}
