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
/// Where the store keeps it as a file, it is read there; otherwise it is fetched into staging, and hashed on the way.
struct UploadedFile: Sendable {
    let source: FileSource
    /// Known when the bytes have passed through us once.
    private let fetched: Digest?

    private static let bufferLength = 256 << 10

    private init(source: FileSource, fetched: Digest? = nil) {
        self.source = source
        self.fetched = fetched
    }

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
        return try await self.fetch(key, from: store, into: try staging.scratch("upload"), attempt: attempt)
    }

    private static func fetch(
        _ key: ObjectKey, from store: any ObjectStore, into scratch: StagingScratch, attempt: Attempt
    ) async throws -> UploadedFile {
        let content = try await store.get(key, range: nil)
        var writer = try scratch.create("upload")
        var hasher = SHA256Hasher()
        for try await buffer in content {
            let bytes = Array(buffer.readableBytesView)
            hasher.update(bytes)
            try writer.write(bytes.span)
            attempt.report { $0.bytesDone += Int64(bytes.count) }
        }
        writer.close()
        return UploadedFile(source: try scratch.open("upload"), fetched: hasher.finish())
    }

    /// SHA-256 of the file, byte for byte, in stream order: what `sha256sum` prints.
    func digest(attempt: Attempt) async throws -> Digest {
        if let fetched { return fetched }
        let source = self.source
        source.adviseSequential()
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: Self.bufferLength)
        var offset: Int64 = 0
        while offset < source.size {
            try Task.checkCancellation()
            let count = try source.read(at: offset, into: &buffer)
            hasher.update(buffer.span.extracting(first: count))
            offset += Int64(count)
            let done = offset
            attempt.report { $0.bytesDone = done }
        }
        return hasher.finish()
    }
}
