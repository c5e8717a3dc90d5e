/// Bytes held in memory, read like a file.
public struct MemorySource: ByteSource {
    /// A read that reaches past the last byte, or starts before the first.
    public struct OutOfBounds: Error, Equatable {
        public let offset: Int64
        public let count: Int
        public let size: Int64
    }

    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var size: Int64 { Int64(self.bytes.count) }

    /// - Throws: ``OutOfBounds``.
    public func read(_ count: Int, at offset: Int64) throws(OutOfBounds) -> [UInt8] {
        guard count >= 0, offset >= 0, offset <= self.size, Int64(count) <= self.size - offset else {
            throw OutOfBounds(offset: offset, count: count, size: self.size)
        }
        return Array(self.bytes[Int(offset)..<Int(offset) + count])
    }
}
