/// Probabilities that learn, one for each context, and a coder that uses them.
///
/// Each context keeps a fast and a slow estimate and goes by their mean.
@safe struct BitModels<Coder: BitCoder> {
    var coder: Coder
    let words: WordView

    /// - Parameter words: one for each context; set to even odds here.
    init(_ coder: Coder, words: WordView) {
        self.coder = coder
        self.words = words
        words.fill(0..<words.count, with: Int32(bitPattern: 0x8000_8000))
    }

    @inline(__always) mutating func bit(_ bit: Int, _ context: Int) -> Int {
        Self.bit(bit, context, &self.coder, self.words)
    }

    @inline(__always) private static func bit(
        _ bit: Int, _ context: Int, _ coder: inout Coder, _ words: WordView
    ) -> Int {
        let estimates = BitEstimates(words[context])
        let zero = min(max(estimates.zero >> 1, 24), 32767 - 24)
        let coded = coder.code(bit, zero: zero)
        words[context] = estimates.learning(coded).word
        return coded
    }

    /// Codes the low `count` bits of `value` one after the other from the highest, each in the context of those before.
    ///
    /// - Parameter context: the first of `1 << count`.
    @inline(__always) mutating func tree(_ value: Int, bits count: Int, _ context: Int) -> Int {
        var coder = Coder.takeover(of: &self.coder)
        defer { swap(&coder, &self.coder) }
        return Self.tree(value, bits: count, context, &coder, self.words)
    }

    @inline(__always) private static func tree(
        _ value: Int, bits count: Int, _ context: Int, _ coder: inout Coder, _ words: WordView
    ) -> Int {
        var node = 1
        var shift = count - 1
        while shift >= 0 {
            node = node &<< 1 | self.bit(value &>> shift & 1, context &+ node, &coder, words)
            shift &-= 1
        }
        return node & (1 &<< count &- 1)
    }

    /// Contexts that one kind of number takes.
    static var numberContexts: Int { 32 + 32 * 32 }

    /// Codes a number below 2^31: how many digits, then the digits, the first five of them in context.
    @inline(__always) mutating func number(_ value: Int, _ context: Int) -> Int {
        var coder = Coder.takeover(of: &self.coder)
        defer { swap(&coder, &self.coder) }
        let words = self.words
        let plusOne = value &+ 1
        let count = Int.bitWidth &- 1 &- plusOne.leadingZeroBitCount
        let digits = Self.tree(count, bits: 5, context, &coder, words)
        var node = 1
        var shift = digits &- 1
        let base = context &+ 32 &+ digits &* 32
        while shift >= 0, node < 32 {
            node = node &<< 1 | Self.bit(plusOne &>> shift & 1, base &+ node, &coder, words)
            shift &-= 1
        }
        var result = node
        while shift >= 0 {
            result = result &<< 1 | coder.code(plusOne &>> shift & 1, zero: 1 << 14)
            shift &-= 1
        }
        return result &- 1
    }
}

/// What one context expects: two estimates of the probability of 0, in 1/65536, side by side in one word.
struct BitEstimates {
    private let bits: UInt32

    /// The fast one in the lower half, the slow one in the higher.
    @inline(__always) init(_ word: Int32) { self.bits = UInt32(bitPattern: word) }

    private init(bits: UInt32) { self.bits = bits }

    @inline(__always) var word: Int32 { Int32(bitPattern: self.bits) }

    /// Their mean.
    @inline(__always) var zero: UInt32 { (self.bits & 0xFFFF &+ self.bits &>> 16) &>> 1 }

    /// Both moved towards `bit`, the fast one by a sixteenth of the way, the slow one by 1/128.
    ///
    /// Both in one step, for neither can leave its half.
    @inline(__always) func learning(_ bit: Int) -> BitEstimates {
        // Without a branch, for the bit is hard to foretell: towards 0 is away from 1, with all bits the other way round.
        let flip = UInt32(truncatingIfNeeded: bit) &- 1
        let rest = self.bits ^ flip
        return BitEstimates(bits: (rest &- (rest &>> 4 & 0xFFF | rest &>> 7 & 0x1FF_0000)) ^ flip)
    }
}
