import CLinux
public import Content
import Glibc

/// One open file, read and written at offsets by any number of threads, and closed with its last user.
///
/// Every call blocks: make it on a pool's thread.
public final class LocalFile: ByteSource {
    public enum Mode: Sendable {
        case read
        /// Reads and writes; makes the file when there is none.
        case update
    }

    public let path: String
    /// Bytes in the file when it was opened.
    public let size: Int64
    private let descriptor: Int32

    /// Opens a regular file.
    ///
    /// The last component of the path may not be a link.
    public init(_ path: String, mode: Mode) throws(LocalFileError) {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR | O_CREAT
            }
        // O_NONBLOCK: a FIFO in the way must not hang the open; regular files ignore it.
        let descriptor = retrying { unsafe open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644) }
        guard descriptor >= 0 else { throw LocalFileError(.open, path, code: errno) }
        var raw = stat()
        guard unsafe fstat(descriptor, &raw) == 0 else {
            let code = errno
            close(descriptor)
            throw LocalFileError(.inspect, path, code: code)
        }
        guard raw.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw LocalFileError(.open, path, code: raw.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        self.path = path
        self.size = Int64(raw.st_size)
        self.descriptor = descriptor
    }

    deinit { close(self.descriptor) }

    /// What the system says of the file now.
    public func status() throws(LocalFileError) -> FileStatus {
        var raw = stat()
        guard unsafe fstat(self.descriptor, &raw) == 0 else { throw LocalFileError(.inspect, self.path, code: errno) }
        return FileStatus(raw)
    }

    /// - Throws: ``LocalFileError``, with code 0 when the file ends before `count` bytes.
    public func read(_ count: Int, at offset: Int64) throws(LocalFileError) -> [UInt8] {
        var failure: LocalFileError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, done in
            do throws(LocalFileError) {
                unsafe try self.fill(UnsafeMutableRawBufferPointer(target), at: offset, count)
                done = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// - Throws: as ``read(_:at:)``.
    public func read(
        _ count: Int, at offset: Int64, into buffer: inout [UInt8], from start: Int
    ) throws(LocalFileError) {
        precondition(count >= 0 && count <= buffer.count - start, "a buffer has room for what is read into it")
        try unsafe buffer.withUnsafeMutableBufferPointer { bytes throws(LocalFileError) in
            let target = unsafe UnsafeMutableBufferPointer(rebasing: bytes[start..<start + count])
            unsafe try self.fill(UnsafeMutableRawBufferPointer(target), at: offset, count)
        }
    }

    private func fill(
        _ target: UnsafeMutableRawBufferPointer, at offset: Int64, _ count: Int
    ) throws(LocalFileError) {
        var done = 0
        while done < count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done..<count])
            let got = unsafe pread(self.descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if got > 0 {
                done += got
            } else if got == 0 {
                throw LocalFileError(.read, self.path, code: 0)
            } else if errno != EINTR {
                throw LocalFileError(.read, self.path, code: errno)
            }
        }
    }

    /// Writes all of the bytes at `offset`, past the end if need be.
    public func write(_ bytes: Span<UInt8>, at offset: Int64) throws(LocalFileError) {
        try unsafe bytes.withUnsafeBytes { source throws(LocalFileError) in
            var done = 0
            while done < source.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: source[done...])
                let wrote = unsafe pwrite(self.descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
                if wrote >= 0 {
                    done += wrote
                } else if errno != EINTR {
                    throw LocalFileError(.write, self.path, code: errno)
                }
            }
        }
    }

    /// Takes over bytes of another file without their passing through this process, on some file systems without their
    /// being copied at all.
    ///
    /// - Returns: false when the system cannot do that with these files; what then stands at the place is not told.
    /// - Throws: ``LocalFileError``, with code 0 when the other file ends before `count` bytes.
    public func copy(
        _ count: Int64, from other: LocalFile, at otherOffset: Int64, to offset: Int64
    ) throws(LocalFileError) -> Bool {
        var (source, target) = (otherOffset, offset)
        let end = source + count
        while source < end {
            let done = unsafe linux_copy_file_range(
                other.descriptor, &source, self.descriptor, &target, Int(end - source))
            if done > 0 { continue }
            guard done < 0 else { throw LocalFileError(.read, other.path, code: 0) }
            switch errno {
            case EINTR: continue
            case EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM, ETXTBSY, EIO: return false
            default: throw LocalFileError(.write, self.path, code: errno)
            }
        }
        return true
    }

    /// Cuts the file, or makes it longer by zeros that take no room.
    public func resize(to size: Int64) throws(LocalFileError) {
        guard (retrying { ftruncate(self.descriptor, off_t(size)) }) == 0 else {
            throw LocalFileError(.resize, self.path, code: errno)
        }
    }

    /// Returns when the content is on the disk.
    public func sync() throws(LocalFileError) {
        guard (retrying { fdatasync(self.descriptor) }) == 0 else {
            throw LocalFileError(.sync, self.path, code: errno)
        }
    }

    /// Sets the permissions, whatever the process's mask.
    public func setPermissions(_ permissions: UInt32) throws(LocalFileError) {
        guard fchmod(self.descriptor, mode_t(permissions)) == 0 else {
            throw LocalFileError(.setPermissions, self.path, code: errno)
        }
    }

    /// Locks the file for this process until it is closed.
    ///
    /// - Returns: false when another process holds it.
    public func lock() throws(LocalFileError) -> Bool {
        if (retrying { flock(self.descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw LocalFileError(.lock, self.path, code: errno) }
        return false
    }

    /// Returns when all that was written to the file system of this file, by anybody, is on the disk.
    public func syncFileSystem() throws(LocalFileError) {
        guard linux_syncfs(self.descriptor) == 0 else { throw LocalFileError(.sync, self.path, code: errno) }
    }
}

/// Repeats a call that a signal interrupted.
func retrying(_ call: () -> Int32) -> Int32 {
    while true {
        let result = call()
        guard result == -1, errno == EINTR else { return result }
    }
}
