import Content
import Glibc

/// A file opened for a scan; closed at the end of its scope, unless the caller opened it.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    private let name: String
    private let isOurs: Bool

    init(_ source: ScanSource) throws(ScanError) {
        self.name = source.name
        switch source {
        case .descriptor(let descriptor, _):
            self.descriptor = descriptor
            self.isOurs = false
        case .path(let path):
            // Non-blocking, lest a pipe in the file's place hold us; no link, lest it lead elsewhere.
            self.descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
            self.isOurs = true
        }
        guard self.descriptor >= 0 else { throw .unreadable(name: self.name, errno: errno) }
    }

    deinit { if self.isOurs, self.descriptor >= 0 { close(self.descriptor) } }

    /// - Throws: unless it is a regular file of this many bytes.
    func check(size: Int64) throws(ScanError) {
        let found = try self.size()
        guard found == size else {
            throw .sizeMismatch(name: self.name, expected: ByteCount(size), found: ByteCount(found))
        }
    }

    /// - Throws: unless it is a regular file.
    func size() throws(ScanError) -> Int64 {
        var status = stat()
        guard unsafe fstat(self.descriptor, &status) == 0 else { throw .unreadable(name: self.name, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(name: self.name) }
        return Int64(status.st_size)
    }
}
