/// Reads varints and runs of bytes, never past the end and never on trust.
struct BoundedReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { self.bytes.count - self.offset }

    mutating func readByte() throws(DeltaError) -> UInt8 {
        guard self.remaining >= 1 else { throw .truncated(offset: self.offset) }
        defer { self.offset += 1 }
        return self.bytes[self.offset]
    }

    mutating func readBytes(_ count: Int) throws(DeltaError) -> [UInt8] {
        guard count >= 0, self.remaining >= count else { throw .truncated(offset: self.offset) }
        defer { self.offset += count }
        return Array(self.bytes[self.offset..<self.offset + count])
    }

    /// Reads an unsigned LEB128 varint of at most 9 bytes, in its shortest form.
    ///
    /// - Parameter limit: the largest value that makes sense here.
    mutating func readInt(_ what: String, atMost limit: Int) throws(DeltaError) -> Int {
        let start = self.offset
        var value = 0
        var shift = 0
        while shift < 63 {
            let byte = try self.readByte()
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 {
                guard value <= limit, byte != 0 || shift == 0 else { throw .invalid(what: what, offset: start) }
                return value
            }
            shift += 7
        }
        throw .invalid(what: what, offset: start)
    }

    /// Reads a zigzag varint whose magnitude is at most `limit`.
    mutating func readSigned(_ what: String, magnitude limit: Int) throws(DeltaError) -> Int {
        let value = try self.readInt(what, atMost: limit * 2)
        return value & 1 == 0 ? value >> 1 : -(value >> 1) - 1
    }
}
