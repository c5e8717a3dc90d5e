import BuildStore
import Content

/// One path of an upload.
struct UnpackedEntry: Sendable {
    let path: BuildPath
    let entry: FileRecord.Entry
    let size: Int64
    let executable: Bool
    let target: String?
    /// Of a file that is not laid into staging, because all its chunks are stored.
    var known: KnownFile?
}

/// The chunks of a file, and the root over them. By reference, for most entries of a new build have none.
final class KnownFile: Sendable {
    let digest: Digest
    let chunks: ChunkList

    init(digest: Digest, chunks: ChunkList) {
        self.digest = digest
        self.chunks = chunks
    }
}
