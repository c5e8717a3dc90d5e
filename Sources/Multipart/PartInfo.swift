public import Content

/// A part that the store has.
public struct PartInfo: Equatable, Sendable {
    /// 1 to 10,000.
    public let number: Int

    /// Bytes in the part.
    public let size: Int64

    /// Opaque; another value when other bytes are sent.
    ///
    /// Without quotation marks.
    public let etag: String

    /// SHA-256 of the part, where the store knows it.
    public let digest: Digest?

    public init(number: Int, size: Int64, etag: String, digest: Digest?) {
        self.number = number
        self.size = size
        self.etag = etag
        self.digest = digest
    }
}
