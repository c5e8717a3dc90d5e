public import Content

/// What stands in a folder at the paths that matter, and what is known of its content.
///
/// A value: ``TreeSurvey`` makes it from a real folder.
public struct InstalledTree: Equatable, Sendable {
    /// What stands at a path.
    public enum Item: Equatable, Sendable {
        /// - Parameters:
        ///   - digest: of the whole content, verified; nil when it is nothing that we know.
        case file(size: Int64, executable: Bool, digest: Digest?)
        case directory
        case symlink(target: String)
        case other
    }

    /// Where bytes of a known digest lie.
    public struct Place: Equatable, Sendable {
        public let path: BuildPath
        public let offset: Int64

        public init(path: BuildPath, offset: Int64) {
            self.path = path
            self.offset = offset
        }
    }

    /// Everything at the paths of the manifests that count.
    public private(set) var items: [BuildPath: Item]
    /// Verified chunks in the files.
    public private(set) var chunks: [Digest: Place]
    /// One file for each verified digest.
    public private(set) var whole: [Digest: BuildPath]

    public init() {
        self.items = [:]
        self.chunks = [:]
        self.whole = [:]
    }

    /// Notes what stands at a path.
    public mutating func add(_ item: Item, at path: BuildPath) {
        self.items[path] = item
        if case .file(_, _, let digest?) = item, self.whole[digest] == nil { self.whole[digest] = path }
    }

    /// Notes a verified chunk.
    ///
    /// The first place of a digest counts.
    public mutating func add(chunk digest: Digest, at place: Place) {
        if self.chunks[digest] == nil { self.chunks[digest] = place }
    }

    /// Whether the file at a path has exactly this content.
    public func holds(_ digest: Digest, at path: BuildPath) -> Bool {
        guard case .file(_, _, let found?) = self.items[path] else { return false }
        return found == digest
    }
}
