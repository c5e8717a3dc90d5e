import Content

/// Bytes without a pattern, in memory, and a part of them.
struct Noise: ByteSource {
    private let bytes: [UInt8]
    private let range: Range<Int>

    init(count: Int) {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var bytes = [UInt8](repeating: 0, count: count)
        for index in stride(from: 0, to: count - 7, by: 8) {
            // xorshift64, Marsaglia 2003
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            for byte in 0..<8 { bytes[index + byte] = UInt8(truncatingIfNeeded: state >> (8 * byte)) }
        }
        self.init(bytes, 0..<count)
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    /// The same bytes in pieces of one length.
    func pieces(of length: Int) -> [Noise] {
        stride(from: 0, to: self.bytes.count, by: length).map {
            Noise(self.bytes, $0..<min($0 + length, self.bytes.count))
        }
    }

    var size: Int64 { Int64(self.range.count) }

    func read(_ count: Int, at offset: Int64) -> [UInt8] {
        Array(self.bytes[self.range.lowerBound + Int(offset)..<self.range.lowerBound + Int(offset) + count])
    }

    func read(_ count: Int, at offset: Int64, into buffer: inout [UInt8]) {
        let start = self.range.lowerBound + Int(offset)
        let part = self.bytes.span.extracting(start..<start + count)
        unsafe part.withUnsafeBytes { source in
            unsafe buffer.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
        }
    }
}
