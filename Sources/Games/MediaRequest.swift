public import Storefront

/// What a company says of a media file that it is about to send.
public struct MediaRequest: Equatable, Sendable {
    public var kind: MediaKind
    public var format: MediaFormat
    /// For people only.
    public var fileName: String
    public var fileSize: Int64
    public var alt: String?

    public init(kind: MediaKind, format: MediaFormat, fileName: String, fileSize: Int64, alt: String?) {
        self.kind = kind
        self.format = format
        self.fileName = fileName
        self.fileSize = fileSize
        self.alt = alt
    }
}
