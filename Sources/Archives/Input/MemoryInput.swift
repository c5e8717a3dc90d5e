/// Bytes in memory as input.
struct MemoryInput: ArchiveInput {
    let bytes: [UInt8]

    var size: Int64 { Int64(self.bytes.count) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(ArchiveError) -> Int {
        let count = Int(min(Int64(buffer.count), max(0, self.size - offset)))
        guard count > 0 else { return 0 }
        unsafe buffer.copyBytes(from: self.bytes[Int(offset)..<Int(offset) + count])
        return count
    }
}
