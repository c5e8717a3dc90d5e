import Content
import Glibc

/// What a file system says about its room.
enum FileSystem {
    /// Bytes that we may still write; zero when it does not say.
    static func free(on descriptor: Int32) -> ByteCount {
        var status = statvfs()
        guard unsafe fstatvfs(descriptor, &status) == 0 else { return .zero }
        return ByteCount(Int64(clamping: UInt64(status.f_bavail).multipliedFullWidth(by: UInt64(status.f_frsize)).low))
    }
}
