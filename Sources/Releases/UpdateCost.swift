public import Content

/// What players of a version fetch to come to another one.
public struct UpdateCost: Equatable, Sendable {
    public let from: VersionID
    public let versionString: String
    public let bytes: Int64
}
