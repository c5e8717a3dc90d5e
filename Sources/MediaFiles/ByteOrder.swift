/// Whole numbers, the most significant byte first; the caller has checked that the bytes are there.
enum BigEndian {
    static func uint16(_ bytes: [UInt8], at position: Int) -> UInt16 {
        UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    static func uint32(_ bytes: [UInt8], at position: Int) -> UInt32 {
        UInt32(self.uint16(bytes, at: position)) << 16 | UInt32(self.uint16(bytes, at: position + 2))
    }

    static func uint64(_ bytes: [UInt8], at position: Int) -> UInt64 {
        UInt64(self.uint32(bytes, at: position)) << 32 | UInt64(self.uint32(bytes, at: position + 4))
    }
}

/// Whole numbers, the least significant byte first; the caller has checked that the bytes are there.
enum LittleEndian {
    static func uint24(_ bytes: [UInt8], at position: Int) -> UInt32 {
        UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2]) << 16
    }

    static func uint32(_ bytes: [UInt8], at position: Int) -> UInt32 {
        self.uint24(bytes, at: position) | UInt32(bytes[position + 3]) << 24
    }

    static func bytes(of value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
}
