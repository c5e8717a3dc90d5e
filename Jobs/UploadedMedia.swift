import Content
import Digests
import FoundationEssentials
import Games
import JobLifecycle
import NIOCore
import ObjectStore
import Staging
import Storefront

/// A media file that was uploaded, as a local file.
///
/// Where the store keeps it as a file, it is read there; otherwise it is fetched into staging, under the file's own
/// identifier, and goes when the job ends.
struct UploadedMedia: Sendable {
    let source: FileSource
    let path: String
    private let fetchedAs: VersionID?

    private static let bufferLength = 1 << 20

    static func open(
        _ media: MediaRecord, store: any ObjectStore, staging: StagingArea
    ) async throws -> UploadedMedia {
        let key = try ObjectKey(validating: media.uploadKey)
        guard let info = try await store.head(key) else {
            throw BuildFailure(
                Failure(
                    code: "upload-missing", message: "the uploaded file is not in the store", retryable: false,
                    hint: "upload it again"))
        }
        guard info.size == media.fileSize, info.size <= media.format.maximumSize else {
            throw BuildFailure(
                Failure(
                    code: "size-mismatch", message: "the upload has another size than was declared", retryable: false,
                    hint: "upload it again", expected: "\(media.fileSize)", actual: "\(info.size)"))
        }
        if let path = store.localPath(of: key) {
            return UploadedMedia(source: try FileSource(path: path), path: path, fetchedAs: nil)
        }
        let room = try staging.reserve(ByteCount(info.size))
        let owner = VersionID(media.id.uuid)
        let scratch = try staging.build(owner).scratch("media")
        var writer = try scratch.create("upload")
        for try await buffer in try await store.get(key, range: nil) {
            try writer.write(Array(buffer.readableBytesView).span)
        }
        writer.close()
        _ = consume room
        let source = try scratch.open("upload")
        return UploadedMedia(source: source, path: source.withDescriptor { "/proc/self/fd/\($0)" }, fetchedAs: owner)
    }

    /// SHA-256 of the file.
    func digest() throws -> Digest {
        var hasher = SHA256Hasher()
        var offset: Int64 = 0
        while offset < self.source.size {
            try Task.checkCancellation()
            let bytes = try self.source.read(Int(min(self.source.size - offset, Int64(Self.bufferLength))), at: offset)
            hasher.update(bytes.span)
            offset += Int64(bytes.count)
        }
        return hasher.finish()
    }

    /// Removes what was fetched.
    func remove(from staging: StagingArea) {
        guard let fetchedAs else { return }
        try? staging.remove(fetchedAs)
    }
}
