public import Content

/// One path of a folder that is to be pushed.
public struct SourceEntry: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        case file(size: Int64, executable: Bool)
        /// Listed when it is empty; the others follow from the files' paths.
        case directory
        case symlink(target: String)
    }

    public let path: BuildPath
    public let content: Content

    public init(path: BuildPath, content: Content) {
        self.path = path
        self.content = content
    }

    /// Bytes of a file; 0 for the others.
    public var size: Int64 {
        guard case .file(let size, _) = self.content else { return 0 }
        return size
    }
}
