/// The bytes of a tar, in order, buffered.
@safe final class TarStream {
    private static let bufferSize = 128 << 10
    private static let longestPadding: Int64 = 64 << 20

    private let expansion: any Expansion
    private let buffer: UnsafeMutableRawBufferPointer
    private var next = 0
    private var end = 0
    /// Bytes of the tar passed so far.
    private(set) var offset: Int64 = 0

    init(_ expansion: any Expansion) {
        self.expansion = expansion
        unsafe self.buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    }

    deinit { unsafe self.buffer.deallocate() }

    /// - Returns: as many bytes as asked for, or fewer at the end.
    func bytes(_ count: Int) throws(ArchiveError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count, try self.fill() {
            let piece = min(count - bytes.count, self.end - self.next)
            unsafe bytes.append(contentsOf: self.buffer[self.next..<self.next + piece])
            self.pass(piece)
        }
        return bytes
    }

    /// - Returns: bytes put into `target`; 0 at the end.
    func read(into target: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        // Large reads go past the buffer when it is empty.
        if self.next == self.end, target.count >= Self.bufferSize {
            let count = unsafe try self.expansion.read(into: target)
            self.offset += Int64(count)
            return count
        }
        guard try self.fill() else { return 0 }
        let count = min(target.count, self.end - self.next)
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: self.buffer[self.next..<self.next + count]))
        self.pass(count)
        return count
    }

    /// - Throws: truncated, when there are fewer.
    func skip(_ count: Int64) throws(ArchiveError) {
        var rest = count
        while rest > 0 {
            if self.next == self.end, self.expansion.skip(rest) {
                self.offset += rest
                return
            }
            guard try self.fill() else { throw .truncated(offset: self.offset) }
            let piece = Int(min(rest, Int64(self.end - self.next)))
            self.pass(piece)
            rest -= Int64(piece)
        }
    }

    /// Reads to the very end, which also checks what the compression adds there.
    ///
    /// - Returns: whether there was nothing but zeros, and no more of them than a tape would want.
    func isZeroToTheEnd() throws(ArchiveError) -> Bool {
        let start = self.offset
        while try self.fill() {
            guard self.offset - start <= Self.longestPadding else { return false }
            for index in self.next..<self.end where unsafe self.buffer[index] != 0 {
                self.pass(index - self.next)
                return false
            }
            self.pass(self.end - self.next)
        }
        return true
    }

    private func pass(_ count: Int) {
        self.next += count
        self.offset += Int64(count)
    }

    private func fill() throws(ArchiveError) -> Bool {
        guard self.next == self.end else { return true }
        self.next = 0
        self.end = 0
        self.end = unsafe try self.expansion.read(into: self.buffer)
        return self.end > 0
    }
}
