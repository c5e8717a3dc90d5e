import Content
import Digests
import Glibc
import NIOCore

/// A file descriptor, closed with its last user.
///
/// All methods block: call them on a thread pool. Interrupted calls are repeated.
final class OpenFile: Sendable {
    let descriptor: Int32
    let path: String

    /// Opens for reading.
    ///
    /// - Throws: ``ObjectStoreError/inputOutput(operation:path:code:)`` with `ENOENT` when there is none.
    convenience init(reading path: String) throws(ObjectStoreError) {
        try self.init(path, flags: O_RDONLY)
    }

    /// Makes a new file for writing; one that exists is an error.
    convenience init(creating path: String) throws(ObjectStoreError) {
        try self.init(path, flags: O_RDWR | O_CREAT | O_EXCL)
    }

    private init(_ path: String, flags: Int32) throws(ObjectStoreError) {
        let descriptor = try Disk.check("open", path) { unsafe open(path, flags | O_CLOEXEC, 0o644) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(self.descriptor) }

    func status() throws(ObjectStoreError) -> FileStatus {
        var raw = stat()
        try Disk.check("fstat", self.path) { unsafe fstat(self.descriptor, &raw) }
        return FileStatus(raw)
    }

    /// Tells the kernel to read ahead.
    func expectSequentialReading() { posix_fadvise(self.descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }

    /// Reads up to `count` bytes at an offset; none at the end of the file.
    func read(_ count: Int, at offset: Int64) throws(ObjectStoreError) -> ByteBuffer {
        var buffer = ByteBuffer()
        try self.read(count, at: offset, into: &buffer)
        return buffer
    }

    /// Appends up to `count` bytes at an offset to a buffer; none at the end of the file.
    func read(_ count: Int, at offset: Int64, into buffer: inout ByteBuffer) throws(ObjectStoreError) {
        var got = 0
        var code: Int32 = 0
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            repeat {
                got = unsafe pread(self.descriptor, target.baseAddress, count, off_t(offset))
                code = errno
            } while got < 0 && code == EINTR
            return max(0, got)
        }
        guard got >= 0 else { throw Disk.error("read", self.path, code: code) }
    }

    /// SHA-256 of a range.
    ///
    /// - Throws: ``ObjectStoreError/sourceUnreadable(path:reason:)`` when the file ends before the range does.
    func digest(of range: Range<Int64>) throws(ObjectStoreError) -> Digest {
        // Small enough to be still in the cache of the core when it is hashed.
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var hasher = SHA256Hasher()
        var offset = range.lowerBound
        while offset < range.upperBound {
            if Task.isCancelled { throw .cancelled }
            let wanted = Int(min(Int64(buffer.count), range.upperBound - offset))
            let start = offset
            let got = unsafe buffer.withUnsafeMutableBytes { target in
                let got = unsafe pread(self.descriptor, target.baseAddress, wanted, off_t(start))
                if got > 0 { unsafe hasher.update(UnsafeRawBufferPointer(rebasing: target[..<got])) }
                return got
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw Disk.error("read", self.path, code: errno)
            }
            if got == 0 { throw .sourceUnreadable(path: self.path, reason: "it is shorter than \(range.upperBound)") }
            offset += Int64(got)
        }
        return hasher.finish()
    }

    /// Writes all bytes at the descriptor's position.
    func write(_ buffer: ByteBuffer) throws(ObjectStoreError) {
        var code: Int32 = 0
        unsafe buffer.withUnsafeReadableBytes { source in code = unsafe self.writeAll(source) }
        guard code == 0 else { throw Disk.error("write", self.path, code: code) }
    }

    /// Writes all bytes at the descriptor's position.
    func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        var code: Int32 = 0
        unsafe bytes.withUnsafeBytes { source in code = unsafe self.writeAll(source) }
        guard code == 0 else { throw Disk.error("write", self.path, code: code) }
    }

    /// - Returns: 0 or errno.
    @unsafe private func writeAll(_ source: UnsafeRawBufferPointer) -> Int32 {
        var written = 0
        while written < source.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: source[written...])
            let count = unsafe Glibc.write(self.descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            written += count
        }
        return 0
    }

    /// Writes buffers one after the other from an offset on.
    func write(_ buffers: [ByteBuffer], at offset: Int64) throws(ObjectStoreError) {
        var offset = offset
        for buffer in buffers {
            var code: Int32 = 0
            unsafe buffer.withUnsafeReadableBytes { source in
                var rest = unsafe source[...]
                while code == 0, unsafe !rest.isEmpty {
                    let part = unsafe UnsafeRawBufferPointer(rebasing: rest)
                    let count = unsafe pwrite(self.descriptor, part.baseAddress, part.count, off_t(offset))
                    if count >= 0 {
                        unsafe rest = rest.dropFirst(count)
                        offset += Int64(count)
                    } else if errno != EINTR {
                        code = errno
                    }
                }
            }
            guard code == 0 else { throw Disk.error("write", self.path, code: code) }
        }
    }

    /// Makes the file so long; what was not written reads as zeros.
    func resize(to size: Int64) throws(ObjectStoreError) {
        try Disk.check("ftruncate", self.path) { ftruncate(self.descriptor, off_t(size)) }
    }

    /// Appends a range of another file inside the kernel.
    ///
    /// - Throws: ``ObjectStoreError/sourceUnreadable(path:reason:)`` when the range ends behind the other's end.
    func append(_ range: Range<Int64>, of source: OpenFile) throws(ObjectStoreError) {
        var offset = Int(range.lowerBound)
        while offset < range.upperBound {
            let rest = Int(range.upperBound) - offset
            let count = unsafe sendfile(self.descriptor, source.descriptor, &offset, min(rest, 1 << 30))
            if count == 0 {
                throw .sourceUnreadable(path: source.path, reason: "it is shorter than \(range.upperBound)")
            }
            if count < 0, errno != EINTR { throw Disk.error("sendfile", self.path, code: errno) }
        }
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws(ObjectStoreError) {
        try Disk.check("fsync", self.path) { fsync(self.descriptor) }
    }
}
