import CLibArchive

/// CRC-32 (ISO 3309), computed by zlib.
struct Checksum {
    private(set) var value: UInt32 = 0

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        self.value = UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(self.value), start, bytes.count))
    }

    static func of(_ bytes: [UInt8]) -> UInt32 {
        var checksum = Checksum()
        unsafe bytes.withUnsafeBytes { unsafe checksum.add($0) }
        return checksum.value
    }
}
