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
/// Where the store keeps it as a file, it is read there; otherwise it is fetched into staging once.
struct UploadedFile: Sendable {
    let source: FileSource

    private static let bufferLength = 1 << 20

    static func open(
        _ version: VersionRecord, store: any ObjectStore, staging: BuildStaging, attempt: Attempt
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
        if let path = store.localPath(of: key) { return UploadedFile(source: try FileSource(path: path)) }
        return UploadedFile(source: try await self.fetch(key, from: store, into: try staging.scratch("upload")))
    }

    private static func fetch(
        _ key: ObjectKey, from store: any ObjectStore, into scratch: StagingScratch
    ) async throws -> FileSource {
        let content = try await store.get(key, range: nil)
        var writer = try scratch.create("upload")
        for try await buffer in content { try writer.write(Array(buffer.readableBytesView).span) }
        writer.close()
        return try scratch.open("upload")
    }

    /// SHA-256 of the file, byte for byte, in stream order: what `sha256sum` prints.
    func digest(attempt: Attempt) async throws -> Digest {
        let source = self.source
        source.adviseSequential()
        var hasher = SHA256Hasher()
        var offset: Int64 = 0
        while offset < source.size {
            try Task.checkCancellation()
            let bytes = try source.read(Int(min(source.size - offset, Int64(Self.bufferLength))), at: offset)
            hasher.update(bytes.span)
            offset += Int64(bytes.count)
            let done = offset
            attempt.report { $0.bytesDone = done }
        }
        return hasher.finish()
    }
}
