public import Content

/// Where a version's content comes from: the service, or a folder with the same objects.
///
/// Nothing that comes from here is trusted: the manifest is signed, and all else is named by digests in it.
public protocol FetchSource: Sendable {
    /// The signed manifest of the version that is to be installed.
    func manifest() async throws -> [UInt8]

    /// The patch that leads from another version of the game to this one.
    ///
    /// - Returns: nil when there is none.
    func patch(from version: VersionID) async throws -> PatchOffer?

    /// Reads a part of an object.
    ///
    /// - Parameter range: not empty, inside the object, at most a few MiB.
    /// - Returns: exactly these bytes, or what somebody put in their place.
    func read(_ range: Range<Int64>, of object: FetchObject) async throws -> [UInt8]
}

/// An object that is read by ranges.
public enum FetchObject: Hashable, Sendable {
    case pack(Digest)
    case patch(from: VersionID)
}

/// A patch that can be had.
public struct PatchOffer: Equatable, Sendable {
    /// The version it starts from.
    public let from: VersionID
    /// Bytes of the whole patch.
    public let size: Int64

    public init(from: VersionID, size: Int64) {
        self.from = from
        self.size = size
    }
}
