public import Content

/// Why bytes are not a thin build. Nobody but their sender can mend them.
public enum ThinBuildError: Error, Equatable, Sendable {
    /// They do not begin as one does.
    case notAThinBuild
    /// A later format than this program reads.
    case unsupportedFormat(Int)
    /// The index is not what its head says.
    case damagedIndex
    /// A value of the index is out of its bounds, or a list out of its order.
    case invalid(ManifestError)
    /// There are more or fewer bytes than the index says.
    case wrongSize(expected: Int64, got: Int64)
}
