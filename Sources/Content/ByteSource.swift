/// Bytes that can be read anywhere, in any order, by any number of readers at once.
///
/// The bytes never change while somebody reads them.
public protocol ByteSource: Sendable {
    /// Bytes in all.
    var size: Int64 { get }

    /// Reads exactly `count` bytes at `offset`; throws when there are fewer or the medium fails.
    func read(_ count: Int, at offset: Int64) throws -> [UInt8]

    /// Puts exactly `count` bytes from `offset` at the start of `buffer`, which holds at least as many.
    ///
    /// For whoever reads much: no memory is set aside. Throws as the other.
    func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8]) throws

    /// Puts exactly `count` bytes from `offset` into `buffer` from `start` on, where there is room for them.
    func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8], from start: Int) throws
}

extension ByteSource {
    public func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8], from start: Int) throws {
        buffer.replaceSubrange(start..<start + count, with: try self.read(count, at: offset))
    }

    public func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8]) throws {
        buffer.replaceSubrange(..<count, with: try self.read(count, at: offset))
    }
}
