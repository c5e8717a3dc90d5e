/// Probabilities that learn, one for each context, and a coder that uses them.
///
/// Each context keeps a fast and a slow estimate and goes by their mean.
@safe struct BitModels<Coder: BitCoder> {
    var coder: Coder
    private let words: WordView

    /// - Parameter words: one for each context; set to even odds here.
    init(_ coder: Coder, words: WordView) {
        self.coder = coder
        self.words = words
        words.fill(0..<words.count, with: Int32(bitPattern: 0x8000_8000))
    }

    /// Probability of 0 in 1/65536.
    @inline(__always) func zero(_ context: Int) -> UInt32 {
        let word = UInt32(bitPattern: self.words[context])
        return (word & 0xFFFF &+ word >> 16) >> 1
    }

    @inline(__always) func learn(_ context: Int, _ bit: Int) {
        let word = UInt32(bitPattern: self.words[context])
        var fast = word & 0xFFFF
        var slow = word >> 16
        // Without a branch, for the bit is hard to foretell.
        let ones = 0 &- UInt32(truncatingIfNeeded: bit)
        fast = fast &+ ((0xFFFF &- fast) >> 4 & ~ones) &- (fast >> 4 & ones)
        slow = slow &+ ((0xFFFF &- slow) >> 7 & ~ones) &- (slow >> 7 & ones)
        self.words[context] = Int32(bitPattern: slow << 16 | fast)
    }

    @inline(__always) mutating func bit(_ bit: Int, _ context: Int) -> Int {
        let zero = min(max(self.zero(context) >> 1, 24), 32767 - 24)
        let coded = self.coder.code(bit, zero: zero)
        self.learn(context, coded)
        return coded
    }

    /// Codes the low `count` bits of `value` one after the other from the highest, each in the context of those before.
    ///
    /// - Parameter context: the first of `1 << count`.
    @inline(__always) mutating func tree(_ value: Int, bits count: Int, _ context: Int) -> Int {
        var node = 1
        var shift = count - 1
        while shift >= 0 {
            node = node << 1 | self.bit(value >> shift & 1, context &+ node)
            shift &-= 1
        }
        return node & (1 << count - 1)
    }

    /// Contexts that one kind of number takes.
    static var numberContexts: Int { 32 + 32 * 32 }

    /// Codes a number below 2^31: how many digits, then the digits, the first five of them in context.
    @inline(__always) mutating func number(_ value: Int, _ context: Int) -> Int {
        let plusOne = value &+ 1
        let digits = self.tree(Int.bitWidth &- 1 &- plusOne.leadingZeroBitCount, bits: 5, context)
        var node = 1
        var result = 1
        var shift = digits - 1
        let base = context &+ 32 &+ digits &* 32
        while shift >= 0 {
            let bit = plusOne >> shift & 1
            let coded: Int
            if node < 32 {
                coded = self.bit(bit, base &+ node)
                node = node << 1 | coded
            } else {
                coded = self.coder.code(bit, zero: 1 << 14)
            }
            result = result << 1 | coded
            shift &-= 1
        }
        return result &- 1
    }
}
