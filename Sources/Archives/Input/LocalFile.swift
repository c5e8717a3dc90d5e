import Glibc

/// A file on local disk as input; open for as long as it is referred to.
final class LocalFile: ArchiveInput {
    private let descriptor: Int32
    let size: Int64

    init(path: String) throws(ArchiveError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failure() }
        self.descriptor = descriptor
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(reason: "not a regular file") }
        self.size = Int64(status.st_size)
    }

    deinit { close(self.descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(ArchiveError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(self.descriptor, rest.baseAddress, rest.count, Int(offset) + done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure() }
            guard count > 0 else { break }
            done += count
        }
        return done
    }

    private static func failure() -> ArchiveError { .unreadable(reason: unsafe String(cString: strerror(errno))) }
}
