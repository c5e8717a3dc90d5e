/// Bytes of an archive as they come out of their compression, first to last.
protocol Expansion: AnyObject {
    /// - Returns: bytes put into `buffer`, which is not empty; 0 at the end, with every checksum found right.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

    /// Passes over bytes if that is cheaper than reading them.
    ///
    /// - Returns: whether it was done; the caller must read them otherwise.
    func skip(_ count: Int64) -> Bool
}

extension Expansion {
    func skip(_ count: Int64) -> Bool { false }
}

/// Bytes that were not compressed.
final class StoredBytes: Expansion {
    private let input: any ArchiveInput
    private var position: Int64
    private let end: Int64

    init(_ input: any ArchiveInput, in range: Range<Int64>) {
        self.input = input
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count = Int(min(Int64(buffer.count), self.end - self.position))
        guard count > 0 else { return 0 }
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        let got = unsafe try self.input.read(into: target, at: self.position)
        guard got == count else { throw .truncated(offset: self.position) }
        self.position += Int64(count)
        return count
    }

    func skip(_ count: Int64) -> Bool {
        guard count <= self.end - self.position else { return false }
        self.position += count
        return true
    }
}
