/// Why bytes are not a manifest. Nobody but the sender of the bytes can mend them.
public enum ManifestError: Error, Equatable, Sendable {
    /// The bytes do not begin as a manifest does.
    case notAManifest
    /// A later format than this program reads.
    case unsupportedFormat(Int)
    /// The bytes end early.
    case truncated(offset: Int)
    /// A value is out of its bounds, or a list out of its order.
    case invalid(what: String, offset: Int)
}
