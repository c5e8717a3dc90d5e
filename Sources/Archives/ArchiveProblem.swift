public import Content

/// One reason why an archive is refused: what, where, and what to do about it.
///
/// Always the sender's to repair.
public struct ArchiveProblem: Error, Equatable, Sendable {
    public let kind: Kind
    /// The entry's path as the archive has it, shortened; nil when the problem is with the archive as a whole.
    public let path: String?
    /// Where in the archive or, when it is compressed as a whole, in what comes out; nil where there is no one place.
    public let offset: Int64?

    public init(_ kind: Kind, path: String? = nil, offset: Int64? = nil) {
        self.kind = kind
        self.path = path
        self.offset = offset
    }

    public enum Kind: Equatable, Sendable {
        case path(PathProblem)
        case conflict(PathConflict)
        case link(LinkSet.Problem)
        case hardLink
        /// A device, pipe or socket.
        case device
        /// A kind of entry or a feature that builds have no use for.
        case unsupportedEntry(String)
        case unsupportedFormat(String)
        case unsupportedCompression(String)
        case encrypted
        case multiVolume
        case empty
        case truncated
        case corrupt(String)
        case trailingData
        case prefixed
        /// Bytes between entries that belong to none.
        case hiddenData
        case overlappingEntries
        case nameMismatch
        case sizeMismatch
        case checksumMismatch
        case bomb(allowed: ByteCount)
        case tooManyEntries(limit: Int)
        case entryTooLarge(limit: ByteCount)
        case tooLarge(limit: ByteCount)
        case tookTooLong(limit: Duration)
    }

    /// The stable code; it never changes once released.
    public var code: String {
        switch self.kind {
        case .path(let problem): problem.code
        case .conflict(let conflict): conflict.code
        case .link(let problem): problem.code
        case .hardLink: "hardlink_refused"
        case .device: "device_refused"
        case .unsupportedEntry: "unsupported_entry"
        case .unsupportedFormat: "unsupported_format"
        case .unsupportedCompression: "unsupported_compression"
        case .encrypted: "archive_encrypted"
        case .multiVolume: "multi_volume"
        case .empty: "archive_empty"
        case .truncated: "archive_truncated"
        case .corrupt: "archive_corrupt"
        case .trailingData: "archive_trailing_data"
        case .prefixed: "archive_prefix"
        case .hiddenData: "archive_hidden_data"
        case .overlappingEntries: "overlapping_entries"
        case .nameMismatch: "name_mismatch"
        case .sizeMismatch: "size_mismatch"
        case .checksumMismatch: "crc_mismatch"
        case .bomb: "archive_bomb"
        case .tooManyEntries: "too_many_entries"
        case .entryTooLarge: "entry_too_large"
        case .tooLarge: "archive_too_large"
        case .tookTooLong: "archive_timeout"
        }
    }
}
