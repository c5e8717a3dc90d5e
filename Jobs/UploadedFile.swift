import BuildStore
import Content
import JobLifecycle
import JobQueue
import ObjectStore
import Staging

/// What a sender uploaded, where it lies: a local file where the store keeps it as one, and otherwise ranges of an object,
/// fetched ahead of whoever reads them. It is never copied as a whole.
enum UploadedFile {
    /// - Throws: ``BuildFailure`` `upload-missing` or `size-mismatch`, and what the store throws.
    static func open(
        _ version: VersionRecord, store: any ObjectStore, attempt: Attempt
    ) async throws -> any ByteSource {
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
        guard let path = store.localPath(of: key) else { return ObjectSource(info, in: store) }
        let file = try FileSource(path: path)
        file.adviseSequential()
        return file
    }
}
