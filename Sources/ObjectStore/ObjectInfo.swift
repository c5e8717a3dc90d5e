public import Content
public import FoundationEssentials

/// What a store knows about one object without reading it.
public struct ObjectInfo: Equatable, Sendable {
    public let key: ObjectKey

    /// Bytes in the object.
    public let size: Int64

    /// Opaque; another value after every change.
    ///
    /// Without quotation marks. Not a digest of anything.
    public let etag: String

    /// SHA-256 of the whole object, where the store was told it or computed it.
    ///
    /// Nil after most multipart uploads and in lists.
    public let digest: Digest?

    /// By the store's clock.
    public let lastModified: Date

    public init(key: ObjectKey, size: Int64, etag: String, digest: Digest?, lastModified: Date) {
        self.key = key
        self.size = size
        self.etag = etag
        self.digest = digest
        self.lastModified = lastModified
    }
}
