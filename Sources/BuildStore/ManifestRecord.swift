public import Content
public import FoundationEssentials
import Postgres

/// What a version was published with.
public struct ManifestRecord: Sendable {
    public let digest: Digest
    public let objectKey: String
    /// Bytes of the signed envelope.
    public let size: Int64
    public let files: Int
    /// Bytes of all files.
    public let contentSize: Int64
    /// Distinct chunks.
    public let chunks: Int
    /// Of these, first stored for this version.
    public let newChunks: Int
    /// Bytes of the distinct chunks as stored: what a full download costs.
    public let storedSize: Int64
    /// Bytes this version added to the store.
    public let newSize: Int64
    public let publishedAt: Date

    public init(
        digest: Digest, objectKey: String, size: Int64, files: Int, contentSize: Int64, chunks: Int, newChunks: Int,
        storedSize: Int64, newSize: Int64, publishedAt: Date
    ) {
        self.digest = digest
        self.objectKey = objectKey
        self.size = size
        self.files = files
        self.contentSize = contentSize
        self.chunks = chunks
        self.newChunks = newChunks
        self.storedSize = storedSize
        self.newSize = newSize
        self.publishedAt = publishedAt
    }

    init(_ row: Row) throws(PostgresError) {
        let digest: [UInt8] = try row("digest")
        let files: Int32 = try row("files")
        let chunks: Int32 = try row("chunks")
        let newChunks: Int32 = try row("new_chunks")
        self.init(
            digest: Digest(bytes: digest), objectKey: try row("object_key"), size: try row("size"), files: Int(files),
            contentSize: try row("content_size"), chunks: Int(chunks), newChunks: Int(newChunks),
            storedSize: try row("stored_size"), newSize: try row("new_size"), publishedAt: try row("published_at"))
    }
}
