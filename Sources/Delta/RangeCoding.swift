/// Codes one binary decision with a given probability; the same calls read and write.
///
/// So a model is written once, and what it reads is what it wrote.
protocol BitCoder {
    /// - Parameters:
    ///   - bit: 0 or 1; a decoder ignores it.
    ///   - zero: probability of 0, in 1/32768, from 1 to 32767.
    /// - Returns: the bit.
    mutating func code(_ bit: Int, zero: UInt32) -> Int

    /// Whether it writes.
    static var isEncoder: Bool { get }

    /// A coder of nothing.
    init()
}

extension BitCoder {
    /// Takes a coder out of its place, into a variable that loops keep in registers; to be put back afterwards.
    @inline(__always) static func takeover(of coder: inout Self) -> Self {
        var taken = Self()
        swap(&taken, &coder)
        return taken
    }
}

/// Writes decisions with a carry-propagating range coder (Schindler 1998, as in LZMA).
struct RangeEncoder: BitCoder {
    private(set) var bytes: [UInt8] = []
    private var low: UInt64 = 0
    private var range: UInt32 = .max
    private var cache: UInt8 = 0
    private var pending = 1

    static var isEncoder: Bool { true }

    @inline(__always) mutating func code(_ bit: Int, zero: UInt32) -> Int {
        let bound = (self.range >> 15) &* zero
        if bit == 0 {
            self.range = bound
        } else {
            self.low &+= UInt64(bound)
            self.range &-= bound
        }
        while self.range < 1 << 24 {
            self.range <<= 8
            self.shift()
        }
        return bit
    }

    private mutating func shift() {
        if self.low < 0xFF00_0000 || self.low > 0xFFFF_FFFF {
            let carry = UInt8(truncatingIfNeeded: self.low >> 32)
            var byte = self.cache
            while self.pending > 0 {
                self.bytes.append(byte &+ carry)
                byte = 0xFF
                self.pending -= 1
            }
            self.cache = UInt8(truncatingIfNeeded: self.low >> 24)
        }
        self.pending += 1
        self.low = (self.low & 0x00FF_FFFF) << 8
    }

    /// All bytes; nothing may be coded afterwards.
    mutating func finish() -> [UInt8] {
        for _ in 0..<5 { self.shift() }
        // The first byte is always 0, and trailing zeros are what a decoder reads past the end anyway.
        self.bytes.removeFirst()
        while self.bytes.last == 0 { self.bytes.removeLast() }
        return self.bytes
    }
}

/// Reads what ``RangeEncoder`` wrote; past the end it reads zeros, so damage gives wrong decisions, never a crash.
@safe struct RangeDecoder: BitCoder {
    private let bytes: ByteView
    private var offset = 0
    private var range: UInt32 = .max
    private var code: UInt32 = 0

    static var isEncoder: Bool { false }

    init() { self.bytes = ByteView(empty: ()) }

    init(_ bytes: ByteView) {
        self.bytes = bytes
        for _ in 0..<4 { self.code = self.code << 8 | self.next() }
    }

    @inline(__always) private mutating func next() -> UInt32 {
        guard self.offset < self.bytes.count else { return 0 }
        self.offset &+= 1
        return UInt32(self.bytes[self.offset &- 1])
    }

    @inline(__always) mutating func code(_ bit: Int, zero: UInt32) -> Int {
        // Here and not at the end, where it would stand between a bit and what is learnt from it.
        while self.range < 1 << 24 {
            self.range &<<= 8
            self.code = self.code &<< 8 | self.next()
        }
        let bound = (self.range &>> 15) &* zero
        // A branch, so that the processor goes on along the likelier way before it knows.
        if _fastPath(self.code < bound) {
            self.range = bound
            return 0
        }
        self.code &-= bound
        self.range &-= bound
        return 1
    }
}
