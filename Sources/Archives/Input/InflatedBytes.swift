import CLibArchive

/// Bytes compressed with Deflate (RFC 1951), bare or as gzip (RFC 1952).
///
/// A gzip may have several members; checksum and size of each are checked. Can be used for one range after the other,
/// which spares setting zlib up again.
@safe final class InflatedBytes: Expansion {
    enum Wrapping {
        case none
        case gzip
    }

    private static let bufferSize = 128 << 10

    private let input: any ArchiveInput
    private let budget: ExpansionBudget
    private let wrapping: Wrapping
    private var position: Int64 = 0
    private var end: Int64 = 0
    private var isFinished = false
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer: UnsafeMutableRawBufferPointer

    init(_ input: any ArchiveInput, wrapping: Wrapping, budget: ExpansionBudget) throws(ArchiveError) {
        self.input = input
        self.wrapping = wrapping
        self.budget = budget
        unsafe self.stream = .allocate(capacity: 1)
        unsafe self.stream.initialize(to: z_stream())
        unsafe self.buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
        // 15 is the largest window; negative means without wrapping, 16 more means gzip only.
        let windowBits: Int32 = wrapping == .none ? -15 : 15 + 16
        let result = unsafe inflateInit2_(
            self.stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw .unreadable(reason: "zlib: \(result)") }
    }

    deinit {
        unsafe inflateEnd(self.stream)
        unsafe self.stream.deallocate()
        unsafe self.buffer.deallocate()
    }

    /// Starts anew on other bytes of the input.
    func restart(in range: Range<Int64>) {
        self.position = range.lowerBound
        self.end = range.upperBound
        self.isFinished = false
        unsafe self.stream.pointee.avail_in = 0
        unsafe inflateReset(self.stream)
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard !self.isFinished else { return 0 }
        let capacity = min(target.count, Int(UInt32.max))
        unsafe self.stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe self.stream.pointee.avail_out = UInt32(capacity)
        while unsafe !self.isFinished && self.stream.pointee.avail_out == UInt32(capacity) {
            try self.refill()
            switch unsafe inflate(self.stream, Z_NO_FLUSH) {
            case Z_OK: continue
            case Z_STREAM_END: try self.endMember()
            case Z_BUF_ERROR:
                guard try self.hasMore() else { throw .truncated(offset: self.position) }
            case Z_DATA_ERROR: throw self.dataError()
            case let code: throw .unreadable(reason: "zlib: \(code)")
            }
        }
        let count = unsafe capacity - Int(self.stream.pointee.avail_out)
        try self.budget.spend(count)
        return count
    }

    private func hasMore() throws(ArchiveError) -> Bool {
        try self.refill()
        return unsafe self.stream.pointee.avail_in > 0
    }

    private func refill() throws(ArchiveError) {
        guard unsafe self.stream.pointee.avail_in == 0, self.position < self.end else { return }
        // Input that gives no output, as a million empty members would, must not outlast the deadline either.
        try self.budget.checkTime()
        let count = Int(min(Int64(Self.bufferSize), self.end - self.position))
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: self.buffer[..<count])
        guard unsafe try self.input.read(into: target, at: self.position) == count else {
            throw .truncated(offset: self.position)
        }
        self.position += Int64(count)
        unsafe self.stream.pointee.next_in = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe self.stream.pointee.avail_in = UInt32(count)
    }

    private func endMember() throws(ArchiveError) {
        guard try self.hasMore() else {
            self.isFinished = true
            return
        }
        let offset = unsafe self.position - Int64(self.stream.pointee.avail_in)
        switch self.wrapping {
        case .none: throw .refused(ArchiveProblem(.sizeMismatch, offset: offset))
        case .gzip:
            guard unsafe self.stream.pointee.next_in.pointee == 0x1F else {
                throw .refused(ArchiveProblem(.trailingData, offset: offset))
            }
            unsafe inflateReset(self.stream)
        }
    }

    private func dataError() -> ArchiveError {
        let offset = unsafe self.position - Int64(self.stream.pointee.avail_in)
        let message = unsafe self.stream.pointee.msg.map { unsafe String(cString: $0) } ?? "Deflate"
        switch message {
        case "incorrect data check": return .refused(ArchiveProblem(.checksumMismatch, offset: offset))
        case "incorrect length check": return .refused(ArchiveProblem(.sizeMismatch, offset: offset))
        default: return .corrupt(message, offset: offset)
        }
    }
}
