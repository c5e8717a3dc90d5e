import FoundationEssentials
import Glibc

/// What stat(2) says, as far as it is needed here.
struct FileStatus: Equatable {
    let size: Int64
    let inode: UInt64
    let seconds: Int64
    let nanoseconds: Int64
    let kind: mode_t

    init(_ raw: stat) {
        self.size = Int64(raw.st_size)
        self.inode = UInt64(raw.st_ino)
        self.seconds = Int64(raw.st_mtim.tv_sec)
        self.nanoseconds = Int64(raw.st_mtim.tv_nsec)
        self.kind = raw.st_mode & S_IFMT
    }

    var isFile: Bool { self.kind == S_IFREG }

    var isDirectory: Bool { self.kind == S_IFDIR }

    var modified: Date { Date(timeIntervalSince1970: Double(self.seconds) + Double(self.nanoseconds) / 1e9) }

    /// Another value after each change: a file is never written again once it has its name.
    var etag: String {
        [
            UInt64(bitPattern: self.seconds * 1_000_000_000 + self.nanoseconds), UInt64(bitPattern: self.size),
            self.inode,
        ]
        .map { String($0, radix: 16) }
        .joined(separator: "-")
    }
}
