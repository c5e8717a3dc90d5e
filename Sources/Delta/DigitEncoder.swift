/// Writes what ``DigitDecoder`` reads.
struct DigitEncoder: DigitCoder {
    private var bytes: [UInt8] = []
    /// Of each decision of this block, where its share begins, and the share, 16 bits each.
    private var decisions: [UInt32] = []

    static var isEncoder: Bool { true }

    @inline(__always) mutating func code(_ digit: Int, _ odds: DigitOdds) -> Int {
        self.add(start: odds.start(of: digit), share: odds.share(of: digit))
        return digit
    }

    @inline(__always) mutating func code(bit: Int, zero: Int) -> Int {
        if bit == 0 {
            self.add(start: 0, share: zero)
        } else {
            self.add(start: zero, share: 1 << DigitBlock.odds &- zero)
        }
        return bit
    }

    @inline(__always) mutating func code(even value: Int, bits: Int) -> Int {
        let shift = DigitBlock.odds &- bits
        self.add(start: value &<< shift, share: 1 &<< shift)
        return value
    }

    @inline(__always) private mutating func add(start: Int, share: Int) {
        assert(share > 0 && start >= 0 && start + share <= 1 << DigitBlock.odds)
        self.decisions.append(UInt32(truncatingIfNeeded: start &<< 16 | share))
        if self.decisions.count == DigitBlock.length { self.endBlock() }
    }

    private mutating func endBlock() {
        var words: [UInt32] = []
        var state = DigitBlock.state
        for decision in self.decisions.reversed() {
            let share = UInt64(decision & 0xFFFF)
            if state >= share << (63 - UInt64(DigitBlock.odds)) {
                words.append(UInt32(truncatingIfNeeded: state))
                state >>= 32
            }
            let (quotient, rest) = state.quotientAndRemainder(dividingBy: share)
            state = quotient << UInt64(DigitBlock.odds) + rest + UInt64(decision >> 16)
        }
        words.append(UInt32(truncatingIfNeeded: state))
        words.append(UInt32(truncatingIfNeeded: state >> 32))
        for word in words.reversed() {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                self.bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        self.decisions.removeAll(keepingCapacity: true)
    }

    /// All bytes; nothing may be coded afterwards.
    mutating func finish() -> [UInt8] {
        if !self.decisions.isEmpty { self.endBlock() }
        // A decoder reads zeros past the end anyway.
        while self.bytes.last == 0 { self.bytes.removeLast() }
        return self.bytes
    }
}
