public import Content
import Glibc

/// A file on local disk, read anywhere by any number of readers at once.
///
/// Open for as long as it is referred to. Reads block, so they belong on threads of their own.
public final class FileSource: ByteSource {
    /// Bytes when it was opened.
    ///
    /// The file must not change after that; a read beyond what is left of it fails.
    public let size: Int64

    private let descriptor: Descriptor
    private let name: String

    /// Opens any regular file.
    public convenience init(path: String) throws(StagingError) {
        // Without blocking, so that a pipe cannot hold us; a regular file never blocks in that sense.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard number >= 0 else { throw .last("open", path) }
        try self.init(Descriptor(number), name: path)
    }

    init(_ descriptor: Descriptor, name: String) throws(StagingError) {
        let status = try descriptor.status(name)
        guard status.st_mode & S_IFMT == S_IFREG else { throw .intruded(name) }
        self.descriptor = descriptor
        self.name = name
        self.size = Int64(status.st_size)
    }

    public func read(_ count: Int, at offset: Int64) throws(StagingError) -> [UInt8] {
        try self.check(count, at: offset)
        return try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written throws(StagingError) in
            unsafe try self.read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            written = count
        }
    }

    /// Fills `buffer` from `offset`, without setting memory aside.
    ///
    /// - Throws: ``StagingError/endOfFile(offset:count:size:)`` when there are fewer bytes than fit.
    public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StagingError) {
        try self.check(buffer.count, at: offset)
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(self.descriptor.number, rest.baseAddress, rest.count, Int(offset) + done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("pread", self.name) }
            guard count > 0 else { throw .endOfFile(offset: offset, count: buffer.count, size: offset + Int64(done)) }
            done += count
        }
    }

    public func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8]) throws(StagingError) {
        try self.read(count, at: offset, into: &buffer, from: 0)
    }

    public func read(
        _ count: Int, at offset: Int64, into buffer: inout [UInt8], from start: Int
    ) throws(StagingError) {
        precondition(count >= 0 && count <= buffer.count - start, "a buffer has room for what is read into it")
        try unsafe buffer.withUnsafeMutableBufferPointer { bytes throws(StagingError) in
            let target = unsafe UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: bytes[start..<start + count]))
            unsafe try self.read(at: offset, into: target)
        }
    }

    /// Puts as many bytes from `offset` as fit and exist at the start of `buffer`, without setting memory aside.
    ///
    /// - Returns: bytes read; fewer than `buffer` holds only at the end, 0 past it.
    public func read(at offset: Int64, into buffer: inout [UInt8]) throws(StagingError) -> Int {
        let count = Int(min(Int64(buffer.count), max(0, self.size - offset)))
        guard count > 0 else { return 0 }
        try unsafe buffer.withUnsafeMutableBufferPointer { bytes throws(StagingError) in
            let target = unsafe UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[..<count]))
            unsafe try self.read(at: offset, into: target)
        }
        return count
    }

    /// Tells the system that the file will be read once from start to end, and that its pages may go afterwards.
    public func adviseSequential() { posix_fadvise(self.descriptor.number, 0, 0, POSIX_FADV_SEQUENTIAL) }

    /// A path by which this process can open the file again, whatever its name has become, while this is referred to.
    public var reopenPath: String { "/proc/self/fd/\(self.descriptor.number)" }

    /// Lends the open file, to hand it to another process.
    ///
    /// It must not be closed, and its position means nothing.
    public func withDescriptor<Result, Failure: Error>(
        _ body: (Int32) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(self.descriptor.number)
    }

    var permissions: UInt32 {
        guard let status = try? self.descriptor.status(self.name) else { return 0 }
        return status.st_mode & 0o7777
    }

    private func check(_ count: Int, at offset: Int64) throws(StagingError) {
        guard count >= 0, offset >= 0, offset <= self.size, Int64(count) <= self.size - offset else {
            throw .endOfFile(offset: offset, count: count, size: self.size)
        }
    }
}
