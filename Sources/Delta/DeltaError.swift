/// Why a patch, or the difference inside one of its groups, cannot be read.
///
/// Every case means that the bytes are damaged, hostile or not ours; none can be repaired by trying again.
public enum DeltaError: Error, Equatable, Sendable {
    /// The bytes end before what they promise.
    case truncated(offset: Int)

    /// A number, a count or a length is outside its limits.
    case invalid(what: String, offset: Int)

    /// Not a patch at all.
    case notAPatch

    /// A patch of a later format.
    case unsupportedVersion(UInt64)
}
