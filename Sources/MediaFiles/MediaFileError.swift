public import Storefront

/// Why a file is not taken.
///
/// Every case is the sender's to mend.
public enum MediaFileError: Error, Hashable, Sendable {
    /// Nothing we take.
    case unsupported
    /// It is of one kind and says that it is of another.
    case otherFormat(expected: MediaFormat, found: MediaFormat)
    /// The bytes break the rules of their format at this offset.
    case malformed(MediaFormat, at: Int64, reason: String)
    /// More pixels than anybody shows: opened, it would take gigabytes.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// Fewer pixels than anybody sees.
    case tooSmall(width: Int, height: Int, limit: Int)
    /// A film without pictures.
    case noVideoTrack
    /// Bytes behind the end of what the format knows: two files in one.
    case trailingBytes(at: Int64)
}
