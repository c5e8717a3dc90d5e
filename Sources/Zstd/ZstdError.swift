/// Why zstd did not compress or decompress.
public enum ZstdError: Error, Equatable, Sendable {
    /// zstd could not get the memory it needs. The same call may succeed later.
    case outOfMemory

    /// zstd does not accept these settings. Ours to repair.
    case invalidSettings(reason: String)

    /// The input is not what zstd writes, or is not for this prefix. The input is lost.
    case corrupt(reason: String)

    /// The input ends inside a frame.
    case truncated

    /// The input decompresses to another number of bytes than the caller knows it must. `got` is nil when it is more.
    case wrongSize(expected: Int, got: Int?)

    /// The input decompresses to more than the caller allowed.
    case tooLarge(limit: Int64)

    /// The frame asks for a larger window, that is for more memory, than was allowed.
    case windowTooLarge
}
