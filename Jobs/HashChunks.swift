import BuildStore
public import Content
import ContentHashing
public import JobLifecycle
import JobQueue
import Postgres
import Staging
import Threads

/// Second stage: cuts a batch of files into chunks and hashes them.
///
/// The cuts depend on the content alone, never on the batches or the number of workers. Safe to repeat: it reads staging
/// and writes its rows once. Files that were recorded with their chunks are passed over.
public struct HashChunks: BuildJob {
    public static let kind: JobKind = "hash-chunks"
    public static let policy = JobPolicy(queue: "hash", retry: RetryPolicy(maxAttempts: 5), timeout: .seconds(3600))

    public let version: VersionID
    /// Number of the first file.
    let first: Int
    /// One past the number of the last.
    let end: Int
}

struct HashChunksHandler: BuildJobHandler {
    let pipeline: BuildPipeline
    let staging: StagingArea
    let threads: ThreadPool

    func perform(_ work: HashChunks, attempt: Attempt) async throws -> Outcome {
        let version = try await self.pipeline.current(work.version)
        let staging = try self.staging.build(version.id)
        let files = try await self.pipeline.builds.files(
            of: version.id, numbers: work.first..<work.end, in: self.pipeline.builds.database
        ).filter { $0.entry == .file && $0.digest == nil }
        attempt.report { progress in
            progress.bytesTotal = files.reduce(0) { $0 + $1.size }
            progress.itemsTotal = Int64(files.count)
        }
        var hashed: [FileChunks] = []
        hashed.reserveCapacity(files.count)
        for file in files {
            let source = try staging.open(file.path).source
            let progress: @Sendable (Int64) -> Void = { bytes in attempt.report { $0.bytesDone += bytes } }
            // A large file is a batch of its own: its ranges are what the processors share.
            let chunked =
                source.size < FileChunker.splitSize
                ? try FileChunker.chunk(source, isCancelled: { Task.isCancelled }, progress: progress)
                : try await FileChunker.chunk(source, on: self.threads, progress: progress)
            attempt.report { $0.itemsDone += 1 }
            hashed.append(
                FileChunks(
                    number: file.number, digest: chunked.digest,
                    chunks: ChunkList(chunked.chunks.map { ChunkList.Element(digest: $0.digest, length: $0.length) })))
        }
        let chunks = hashed
        return .completed { transaction in
            try await self.pipeline.builds.record(chunks, of: version.id, in: transaction)
        }
    }
}
