/// Writes the primitives that our formats are made of.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func reserve(_ count: Int) { self.bytes.reserveCapacity(self.bytes.count + count) }

    public mutating func write(byte: UInt8) { self.bytes.append(byte) }

    public mutating func write(bytes: some Sequence<UInt8>) { self.bytes.append(contentsOf: bytes) }

    /// Writes an unsigned LEB128 varint in its shortest form, 1 to 10 bytes.
    public mutating func write(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            self.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(rest))
    }

    /// - Parameter value: not negative.
    public mutating func write(varint value: Int) {
        precondition(value >= 0, "a varint is not negative")
        self.write(varint: UInt64(value))
    }

    /// Writes big-endian.
    public mutating func write(fixed value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            self.bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    public mutating func write(_ digest: Digest) { self.bytes.append(contentsOf: digest.bytes) }

    /// Writes the length of its UTF-8 as a varint, then the UTF-8.
    public mutating func write(_ text: String) {
        self.write(varint: text.utf8.count)
        self.bytes.append(contentsOf: text.utf8)
    }
}
