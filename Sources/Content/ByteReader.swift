/// Reads the primitives that our formats are made of, never past the end and never on trust.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    /// Where the next read begins.
    public private(set) var offset: Int

    public init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Bytes not yet read.
    public var remaining: Int { self.bytes.count - self.offset }

    public mutating func readByte() throws(ManifestError) -> UInt8 {
        guard self.remaining >= 1 else { throw .truncated(offset: self.offset) }
        defer { self.offset += 1 }
        return self.bytes[self.offset]
    }

    public mutating func readBytes(_ count: Int) throws(ManifestError) -> [UInt8] {
        guard count >= 0, self.remaining >= count else { throw .truncated(offset: self.offset) }
        defer { self.offset += count }
        return Array(self.bytes[self.offset..<self.offset + count])
    }

    /// Reads an unsigned LEB128 varint.
    ///
    /// - Throws: ``ManifestError/invalid(what:offset:)`` when it is above `limit` or not in its shortest form.
    public mutating func readVarint(_ what: String, atMost limit: UInt64) throws(ManifestError) -> UInt64 {
        let start = self.offset
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try self.readByte()
            let bits = UInt64(byte & 0x7F)
            guard (bits << shift) >> shift == bits else { throw .invalid(what: what, offset: start) }
            value |= bits << shift
            guard byte & 0x80 == 0 else { continue }
            guard value <= limit, byte != 0 || shift == 0 else { throw .invalid(what: what, offset: start) }
            return value
        }
        throw .invalid(what: what, offset: start)
    }

    public mutating func readInt(_ what: String, atMost limit: Int) throws(ManifestError) -> Int {
        Int(try self.readVarint(what, atMost: UInt64(limit)))
    }

    /// Reads big-endian.
    public mutating func readFixed<Value: FixedWidthInteger>(
        as: Value.Type = Value.self
    ) throws(ManifestError) -> Value {
        var value: Value = 0
        for byte in try self.readBytes(Value.bitWidth / 8) { value = value << 8 | Value(truncatingIfNeeded: byte) }
        return value
    }

    public mutating func readDigest() throws(ManifestError) -> Digest {
        Digest(bytes: try self.readBytes(Digest.length))
    }

    /// Reads what ``ByteWriter/write(_:)-(String)`` wrote; refuses what is not UTF-8.
    public mutating func readText(_ what: String, atMost limit: Int) throws(ManifestError) -> String {
        let start = self.offset
        let count = try self.readInt(what, atMost: limit)
        guard let text = String(validating: try self.readBytes(count), as: UTF8.self) else {
            throw .invalid(what: what, offset: start)
        }
        return text
    }
}
