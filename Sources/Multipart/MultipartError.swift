public import Content

/// Why an upload in parts cannot be planned so.
public enum MultipartError: Error, Equatable, Sendable {
    /// No plan holds that much: 10,000 parts of 5 GiB are the limit of S3.
    case tooLarge(limit: ByteCount)
    /// Parts of this size would be more than 10,000, or are outside 5 MiB to 5 GiB.
    case unusablePartSize(ByteCount)
}
