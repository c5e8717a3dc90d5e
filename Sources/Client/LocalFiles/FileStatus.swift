import Glibc

/// What the system says of a path, links not followed.
public struct FileStatus: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case file
        case directory
        case symlink
        case other
    }

    public let kind: Kind
    public let size: Int64
    /// The lower twelve bits of the mode.
    public let permissions: UInt32
    /// Nanoseconds since 1970; changes with the content.
    public let modified: Int64
    /// Nanoseconds since 1970; changes with the content and with the file's own attributes, and nobody can set it.
    public let changed: Int64
    public let inode: UInt64
    public let device: UInt64

    /// Whether the owner may run it.
    public var isExecutable: Bool { self.permissions & 0o100 != 0 }

    init(_ raw: stat) {
        self.kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symlink
            default: .other
            }
        self.size = Int64(raw.st_size)
        self.permissions = raw.st_mode & 0o7777
        self.modified = Self.nanoseconds(raw.st_mtim)
        self.changed = Self.nanoseconds(raw.st_ctim)
        self.inode = UInt64(raw.st_ino)
        self.device = UInt64(raw.st_dev)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? 0 : seconds &+ Int64(time.tv_nsec)
    }
}
