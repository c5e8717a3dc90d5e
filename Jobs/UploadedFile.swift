import BuildStore
import Content
import Digests
import FoundationEssentials
import JobLifecycle
import JobQueue
import NIOCore
import ObjectStore
import Staging

/// What a sender uploaded, as a local file.
///
/// Where the store keeps it as a file, it is read there; otherwise it is fetched into staging, and hashed on the way. A fetch
/// that was cut off goes on where its last checkpoint was.
struct UploadedFile: Sendable {
    let source: FileSource
    /// Over the first bytes: all of them when they have passed through us, none, or as many as the checkpoint says.
    let hash: ResumableSHA256

    static func open(
        _ version: VersionRecord, store: any ObjectStore, staging: BuildStaging, attempt: Attempt,
        from checkpoint: IngestCheckpoint, progress: IngestProgress
    ) async throws -> UploadedFile {
        let key = try ObjectKey(validating: version.s3Path)
        guard let info = try await store.head(key) else {
            throw BuildFailure(
                Failure(
                    code: "upload-missing", message: "the uploaded file is not in the store", retryable: false,
                    hint: "upload it again"))
        }
        if let expected = version.fileSize, info.size != expected {
            throw BuildFailure(
                Failure(
                    code: "size-mismatch", message: "the upload has another size than was declared", retryable: false,
                    hint: "upload it again", expected: "\(expected)", actual: "\(info.size)"))
        }
        attempt.report { $0.bytesTotal = info.size }
        if let path = store.localPath(of: key) {
            let hash = Hexadecimal.decode(checkpoint.hash).flatMap { ResumableSHA256(state: $0) }
            return UploadedFile(source: try FileSource(path: path), hash: hash ?? ResumableSHA256())
        }
        return try await self.fetch(
            key, size: info.size, from: store, into: try staging.scratch("upload", isKept: checkpoint.fetched > 0),
            attempt: attempt, checkpoint: checkpoint, progress: progress)
    }

    private static func fetch(
        _ key: ObjectKey, size: Int64, from store: any ObjectStore, into scratch: StagingScratch, attempt: Attempt,
        checkpoint: IngestCheckpoint, progress: IngestProgress
    ) async throws -> UploadedFile {
        var hasher = Self.hash(of: scratch, at: checkpoint)
        var writer = try scratch.resume("upload", at: hasher.count)
        let resumed = hasher.count
        attempt.report { $0.bytesDone = resumed }
        if hasher.count < size {
            for try await buffer in try await store.get(key, range: hasher.count..<size) {
                let bytes = Array(buffer.readableBytesView)
                hasher.update(bytes.span)
                try writer.write(bytes.span)
                attempt.report { $0.bytesDone += Int64(bytes.count) }
                progress.fetched(bytes.count, total: hasher.count, hash: hasher.state)
            }
        }
        writer.close()
        return UploadedFile(source: try scratch.open("upload"), hash: hasher)
    }

    /// Over what was fetched up to the checkpoint; over nothing where that is not there any more.
    private static func hash(of scratch: StagingScratch, at checkpoint: IngestCheckpoint) -> ResumableSHA256 {
        guard checkpoint.fetched > 0, let state = Hexadecimal.decode(checkpoint.hash),
            let hash = ResumableSHA256(state: state), hash.count == checkpoint.fetched,
            let file = try? scratch.open("upload"), file.size >= checkpoint.fetched
        else { return ResumableSHA256() }
        return hash
    }
}
