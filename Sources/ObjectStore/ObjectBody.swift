/// The bytes to store.
public enum ObjectBody: Sendable {
    /// Bytes in memory.
    case bytes([UInt8])

    /// A range of a file, read in slices while it is sent. It must not change meanwhile.
    case file(path: String, range: Range<Int64>)

    /// Bytes that come once. A failure after the first of them cannot be retried here:
    /// it is ``ObjectStoreError/sourceFailed(reason:)`` or the store's error, and the caller begins again.
    case stream(length: Int64, ByteStream)

    /// Bytes to come.
    public var length: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, let range): range.upperBound - range.lowerBound
        case .stream(let length, _): length
        }
    }
}

/// Whether an object that is already there is replaced.
public enum PutCondition: Equatable, Sendable {
    /// Replace it.
    case always
    /// Leave it, and throw ``ObjectStoreError/alreadyExists(_:)``. Of several writers at once exactly one wins.
    case ifAbsent
}
