/// What a look at every byte of an installation found.
public struct VerifyReport: Encodable, Equatable, Sendable {
    /// A file with wrong bytes.
    public struct Damage: Encodable, Equatable, Sendable {
        public let path: String
        /// Chunks that are wrong, and of how many.
        public let chunks: Int
        public let of: Int
        /// Content in the wrong chunks.
        public let bytes: Int64
    }

    public let version: String
    public let files: Int
    public let bytes: Int64
    /// Files whose content is not what was signed.
    public var damaged: [Damage] = []
    /// Files, links and folders that are not there.
    public var missing: [String] = []
    /// Paths where something else is than should be: another kind, another link, another right to run.
    public var altered: [String] = []
    /// Files that are no part of the version.
    ///
    /// Not damage: players keep their own files.
    public var extra: [String] = []
    public var seconds: Double = 0
    /// What repairing came to, when it was asked for and needed.
    public var repair: InstallSummary?

    public init(version: String, files: Int, bytes: Int64) {
        self.version = version
        self.files = files
        self.bytes = bytes
    }

    /// Whether all that was signed is there.
    public var isIntact: Bool { self.damaged.isEmpty && self.missing.isEmpty && self.altered.isEmpty }
}
