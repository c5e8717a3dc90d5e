/// An ARM64 instruction word that holds a part of an address.
///
/// Arm Architecture Reference Manual, C4.1. Data may pass for code; then a prediction fails and costs a little.
enum ArmOperand {
    case none
    /// `BL`, and `B`: 26 bits from bit 0, in words.
    case call
    case jump
    /// `B.cond`, `CBZ`, `CBNZ`: 19 bits from bit 5, in words.
    case conditionalJump
    /// `ADRP`: 21 bits in two parts, in pages of 4 KiB, from the page of the instruction.
    case page
    /// `ADD` or a load or store with 12 bits from bit 10: the rest of an address whose page a register holds.
    case low

    @inline(__always) init(_ word: UInt32) {
        if word & 0x7C00_0000 == 0x1400_0000 {
            self = word & 0x8000_0000 == 0 ? .jump : .call
        } else if word & 0x9F00_0000 == 0x9000_0000 {
            self = .page
        } else if word & 0xFFC0_0000 == 0x9100_0000 || word & 0x3B00_0000 == 0x3900_0000 {
            self = .low
        } else if word & 0xFF00_0010 == 0x5400_0000 || word & 0x7E00_0000 == 0x3400_0000 {
            self = .conditionalJump
        } else {
            self = .none
        }
    }

    /// 0 to 3: what shares its experience.
    @inline(__always) var group: Int {
        switch self {
        case .call: 0
        case .jump: 1
        case .conditionalJump: 2
        default: 3
        }
    }

    /// The number in the word, in its own unit; not negative for ``low``.
    @inline(__always) func value(of word: UInt32) -> Int {
        switch self {
        case .none: 0
        case .call, .jump: Int(Int32(bitPattern: word &<< 6) &>> 6)
        case .conditionalJump: Int(Int32(bitPattern: word &<< 8) &>> 13)
        case .page: Int(Int32(bitPattern: word &<< 8) &>> 13) &* 4 | Int((word &>> 29) & 3)
        case .low: Int((word &>> 10) & 0xFFF)
        }
    }

    /// The word with another number, of which only the low bits count.
    @inline(__always) func word(_ word: UInt32, with value: Int) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: value)
        return switch self {
        case .none: word
        case .call, .jump: word & 0xFC00_0000 | bits & 0x03FF_FFFF
        case .conditionalJump: word & 0xFF00_001F | (bits & 0x7_FFFF) &<< 5
        case .page: word & 0x9F00_001F | ((bits &>> 2) & 0x7_FFFF) &<< 5 | (bits & 3) &<< 29
        case .low: word & 0xFFC0_03FF | (bits & 0xFFF) &<< 10
        }
    }

    /// What a ``low`` counts, as a shift: bytes for `ADD`, else what the load or store moves.
    @inline(__always) static func scale(of word: UInt32) -> Int {
        if word & 0x3B00_0000 != 0x3900_0000 { return 0 }
        let size = Int(word &>> 30)
        // Vectors of 16 bytes say so elsewhere.
        return size == 0 && word & 0x0480_0000 == 0x0480_0000 ? 4 : size
    }

    /// The register a ``page`` goes to, and the one a ``low`` goes to.
    @inline(__always) static func destination(of word: UInt32) -> Int { Int(word & 31) }

    /// The register a ``low`` adds to.
    @inline(__always) static func base(of word: UInt32) -> Int { Int((word &>> 5) & 31) }
}
