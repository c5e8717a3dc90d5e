import CLibArchive
import Glibc

/// Gives libarchive the bytes of an input, and remembers what went wrong on the way.
@safe final class LibArchiveFeed {
    private static let bufferSize = 256 << 10

    private let input: any ArchiveInput
    private let range: Range<Int64>
    private var position: Int64
    private let buffer: UnsafeMutableRawBufferPointer
    /// What the medium said, which libarchive would turn into a sentence.
    private(set) var failure: ArchiveError?

    init(_ input: any ArchiveInput, in range: Range<Int64>) {
        self.input = input
        self.range = range
        self.position = range.lowerBound
        unsafe self.buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    }

    deinit { unsafe self.buffer.deallocate() }

    /// Opens `archive` on this feed, which must outlive it.
    func open(_ archive: OpaquePointer) throws(ArchiveError) {
        unsafe archive_read_set_read_callback(archive) { _, context, block in
            guard let context = unsafe context, let block = unsafe block else { return -1 }
            return unsafe Unmanaged<LibArchiveFeed>.fromOpaque(context).takeUnretainedValue().read(block)
        }
        unsafe archive_read_set_skip_callback(archive) { _, context, count in
            guard let context = unsafe context else { return 0 }
            return unsafe Unmanaged<LibArchiveFeed>.fromOpaque(context).takeUnretainedValue().skip(count)
        }
        unsafe archive_read_set_seek_callback(archive) { _, context, offset, whence in
            guard let context = unsafe context else { return Int64(ARCHIVE_FATAL) }
            return unsafe Unmanaged<LibArchiveFeed>.fromOpaque(context).takeUnretainedValue().seek(offset, whence)
        }
        unsafe archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
        try unsafe self.check(archive_read_open1(archive), of: archive)
    }

    /// Turns a result of libarchive into an error; a warning is one too, as it means that something was not right.
    func check(_ result: Int32, of archive: OpaquePointer) throws(ArchiveError) {
        if let failure = self.failure { throw failure }
        guard result != ARCHIVE_OK, result != ARCHIVE_EOF else { return }
        if unsafe archive_errno(archive) == ENOMEM { throw .unreadable(reason: "out of memory") }
        let message = unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "unknown"
        if message.lowercased().contains("truncated") { throw .truncated(offset: self.position) }
        if message.contains("bad CRC") { throw .refused(ArchiveProblem(.checksumMismatch)) }
        throw .corrupt(message, offset: self.position)
    }

    private func read(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        let count = Int(min(Int64(Self.bufferSize), self.range.upperBound - self.position))
        guard count > 0 else { return 0 }
        do {
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: self.buffer[..<count])
            let got = unsafe try self.input.read(into: target, at: self.position)
            self.position += Int64(got)
            unsafe block.pointee = UnsafeRawPointer(self.buffer.baseAddress)
            return got
        } catch {
            self.failure = error
            return -1
        }
    }

    private func skip(_ count: Int64) -> Int64 {
        let count = min(max(0, count), self.range.upperBound - self.position)
        self.position += count
        return count
    }

    private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        let base: Int64? =
            switch whence {
            case SEEK_SET: self.range.lowerBound
            case SEEK_CUR: self.position
            case SEEK_END: self.range.upperBound
            default: nil
            }
        guard let base else { return Int64(ARCHIVE_FATAL) }
        let (position, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, position >= self.range.lowerBound, position <= self.range.upperBound else {
            return Int64(ARCHIVE_FATAL)
        }
        self.position = position
        return position - self.range.lowerBound
    }
}
