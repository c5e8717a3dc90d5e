public import Content
public import FoundationEssentials

/// The engine and the signatures behind a verdict.
public struct ScanEngine: Hashable, Sendable, Codable {
    /// libclamav's release, such as `1.4.6`.
    public let engineVersion: String

    /// Such as `bytecode-335.daily-27480.main-62`, with `local-` and twelve digits of the digest for files of our own.
    public let databaseVersion: String

    /// Of the names, sizes and bytes of all signature files: equal digests mean equal signatures.
    public let databaseDigest: Digest

    /// When the newest official signature file was made, if there is one.
    public let databaseDate: Date?

    /// How many signatures were loaded.
    public let signatureCount: Int

    /// ``ScanLimits/id``.
    public let limitsID: String

    /// Whether these are the few signatures that come with the program, good for trying it out and nothing else.
    public let isBundledSet: Bool

    /// Names everything a verdict depends on but the file: cache verdicts by the file's digest and this.
    public var id: String { "clamav-\(self.engineVersion)/\(self.databaseDigest)/\(self.limitsID)" }
}
