public import Content

/// One entry of an archive that a build may have.
public enum ArchiveEntry: Equatable, Sendable {
    /// - Parameter size: as the archive says, and checked while reading; nil when it does not say.
    case file(path: BuildPath, size: Int64?, executable: Bool)
    case directory(path: BuildPath)
    /// - Parameter target: relative, and inside the build as far as can be told before the last entry was read.
    case symlink(path: BuildPath, target: String)

    public var path: BuildPath {
        switch self {
        case .file(let path, _, _), .directory(let path), .symlink(let path, _): path
        }
    }
}
