/// The rolling hash of the chunker: its table and its masks.
///
/// The gear hash of Xia et al., "Ddelta" (Performance Evaluation 79, 2014): for each byte the hash is shifted left by
/// one bit and the byte's table entry added. Bit k therefore depends on the last k + 1 bytes alone, and the whole
/// hash on the last 64, wherever the reading began.
///
/// Everything here must never change: it decides where chunks are cut, and by that which are shared between builds.
enum Gear {
    /// Bytes the hash depends on.
    static let window = 64

    /// 256 random-looking words, one a byte value.
    ///
    /// The upper 48 bits are those of the first 256 outputs of SplitMix64 (Steele, Lea, Flood, "Fast splittable
    /// pseudorandom number generators", OOPSLA 2014) seeded with the ASCII of "SLIPWAY1". The lower 16 bits are the
    /// exclusive or of an entry for the byte's low half and one for its high half, from the upper 16 bits of the next
    /// 16 and again 16 outputs; that form lets a processor look up the lower 16 bits of many bytes at once
    /// (PSHUFB, TBL).
    static let table = parts.words.indices.map { byte in
        parts.words[byte] & ~0xFFFF | UInt64(parts.low[byte & 15] ^ parts.high[byte >> 4])
    }

    /// The entries that make up the lower 16 bits, for looking up many at once: the lower bytes of those for low halves,
    /// their upper bytes, and the same of those for high halves; 16 each.
    static let halfTables = [parts.low, parts.high].flatMap { half in
        half.map { UInt8(truncatingIfNeeded: $0) } + half.map { UInt8($0 >> 8) }
    }

    private static let parts: (words: [UInt64], low: [UInt16], high: [UInt16]) = {
        var random = SplitMix64(seed: 0x534C_4950_5741_5931)
        let words = (0..<256).map { _ in random.next() }
        let low = (0..<16).map { _ in UInt16(random.next() >> 48) }
        let high = (0..<16).map { _ in UInt16(random.next() >> 48) }
        return (words, low, high)
    }()

    /// The table shifted left by one bit, for taking two bytes a step.
    static let shiftedTable: [UInt64] = Self.table.map { $0 &<< 1 }

    /// A mask of `count` bits; a hash with all of them clear allows a cut, on average one in 2^count.
    ///
    /// The mask of fewer bits is contained in the mask of more. Up to `filterCount` bits come from the lower 16 of
    /// the hash, which can be searched for many positions at once, the others lie apart above, so that most of the
    /// window takes part. Bit 63 stays clear, so that a mask can be shifted left by one.
    static func mask(_ count: Int, filterCount: Int) -> UInt64 {
        let filter = min(count, filterCount)
        var mask: UInt64 = (1 << filter - 1) << (16 - filter)
        for index in 0..<(count - filter) { mask |= 1 << (62 - 3 * index) }
        return mask
    }
}

/// A small generator of random-looking numbers, named and specified so that the table can be made again anywhere.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
