/// An x86-64 instruction whose last operand is an address relative to the next instruction.
///
/// Intel SDM volume 2, chapter 2 and the opcode maps of appendix A. Only the bytes before the operand are looked at, so
/// data may pass for code; then a prediction fails and costs a little.
enum OperandKind: Int {
    case none = -1
    case call = 0
    case jump = 1
    case conditionalJump = 2
    case memory = 3
    /// With an immediate byte behind.
    case memoryWithByte = 4
    /// With four immediate bytes behind.
    case memoryWithWord = 5

    /// Immediate bytes between the operand and the next instruction.
    @inline(__always) var tail: Int {
        switch self {
        case .memoryWithByte: 1
        case .memoryWithWord: 4
        default: 0
        }
    }

    /// 0 to 3: what shares its experience.
    @inline(__always) var group: Int { min(self.rawValue, 3) }

    /// Whether an operand may follow this byte.
    @inline(__always) static func mayPrecede(_ byte: UInt8) -> Bool {
        byte & 0xFE == 0xE8 || byte & 0xF0 == 0x80 || byte & 0xC7 == 0x05
    }

    /// Marks, in the highest bit of each of eight bytes, those an operand may follow; above the first of them too many.
    ///
    /// Finds zero bytes as Hacker's Delight §6-1 does.
    ///
    /// - Parameters:
    ///   - word: the bytes, the first in the lowest bits.
    ///   - before: the byte before them.
    @inline(__always) static func marksBefore(_ word: UInt64, after before: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let jump = (word & (0xFE &* ones)) ^ (0xE8 &* ones)
        // A conditional jump has two bytes.
        let conditional = (word & (0xF0 &* ones)) ^ (0x80 &* ones) | (word &<< 8 | before) ^ (Self.escape &* ones)
        let memory = (word & (0xC7 &* ones)) ^ (0x05 &* ones)
        return ((jump &- ones) & ~jump | (conditional &- ones) & ~conditional | (memory &- ones) & ~memory)
            & (0x80 &* ones)
    }

    /// The first byte of two-byte opcodes.
    static var escape: UInt64 { 0x0F }

    /// What the bytes before `position` say of those behind.
    @inline(__always) init(before position: Int, in bytes: ByteView) {
        guard position >= 3 else {
            self = .none
            return
        }
        let byte = bytes[position &- 1]
        let opcode = bytes[position &- 2]
        let escape = bytes[position &- 3]
        if byte == 0xE8 {
            self = .call
        } else if byte == 0xE9 {
            self = .jump
        } else if byte & 0xF0 == 0x80 {
            self = opcode == 0x0F ? .conditionalJump : .none
        } else if byte & 0xC7 == 0x05 {
            self = Self.memoryOperand(opcode, escape)
        } else {
            self = .none
        }
    }

    private static func memoryOperand(_ opcode: UInt8, _ escape: UInt8) -> OperandKind {
        if escape == 0x0F { return .memory }
        switch opcode {
        case 0x80, 0x83, 0xC6, 0xC0, 0xC1, 0x6B: return .memoryWithByte
        case 0x81, 0xC7, 0x69: return .memoryWithWord
        case 0x8B, 0x8D, 0x89, 0x8A, 0x88, 0x39, 0x3B, 0x38, 0x3A, 0xFF, 0x63, 0x03, 0x01, 0x2B, 0x29, 0x85, 0x84, 0x33,
            0x31, 0x0B, 0x09, 0x23, 0x21, 0x87, 0xF7:
            return .memory
        default: return .none
        }
    }
}
