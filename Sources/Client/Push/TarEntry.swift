public import Content

/// One path of a tree, as a tar archive tells it.
public struct TarEntry: Equatable, Sendable {
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

    /// Bytes of content that follow the header.
    var size: Int64 {
        guard case .file(let size, _) = self.content else { return 0 }
        return size
    }

    var permissions: Int64 {
        switch self.content {
        case .file(_, let executable): executable ? 0o755 : 0o644
        case .directory: 0o755
        case .symlink: 0o777
        }
    }

    /// The type flag of ustar.
    var type: Character {
        switch self.content {
        case .file: "0"
        case .symlink: "2"
        case .directory: "5"
        }
    }

    /// What a link says; empty for the others.
    var target: [UInt8] {
        guard case .symlink(let target) = self.content else { return [] }
        return Array(target.utf8)
    }
}
