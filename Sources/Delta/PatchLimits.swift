/// What a patch may ask for at most; more is refused before any memory is taken.
///
/// Part of the format: a reader that allowed less would refuse patches that are in order.
public enum PatchLimits {
    /// New bytes in one group.
    public static let output = 32 << 20
    /// Old bytes read for one group.
    public static let input = 64 << 20
    /// Extents on either side of one group.
    public static let extents = 1 << 16
    /// Covers of one group's difference.
    public static let covers = 1 << 20
    /// Groups that make bytes for others.
    public static let shared = 16
    public static let groups = 1 << 20
    /// Bytes of the index.
    public static let index = 16 << 20
    /// Files of one version.
    public static let files = 1 << 30
    /// Bytes of one file, and of a whole patch.
    public static let size = 1 << 56
}
