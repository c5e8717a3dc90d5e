/// Codes decisions by the odds they are given; the same calls write and read.
///
/// So a model is written once, and what it reads is what it wrote. Range asymmetric numeral systems (Duda,
/// arXiv:1311.2540): a decoder needs no division, and all sixteen chances of a digit are searched at once. The state lies
/// in 2^31 ..< 2^63 and is filled up by 32 bits at a time. What was coded last would be read first, so an encoder keeps
/// the decisions of a block and codes it backwards.
protocol DigitCoder {
    /// Codes a hexadecimal digit.
    ///
    /// - Parameter digit: 0 to 15; a decoder ignores it, as it does the values below.
    /// - Returns: the digit.
    mutating func code(_ digit: Int, _ odds: DigitOdds) -> Int

    /// Codes a decision between 0 and 1.
    ///
    /// - Parameter zero: probability of 0, in 1/32768, from 1 to 32767.
    mutating func code(bit: Int, zero: Int) -> Int

    /// Codes a number below `1 << bits`, all as likely.
    ///
    /// - Parameter bits: 1 to 15.
    mutating func code(even value: Int, bits: Int) -> Int

    /// Whether it writes.
    static var isEncoder: Bool { get }

    /// A coder of nothing.
    init()
}

extension DigitCoder {
    /// Takes a coder out of its place, into a variable that loops keep in registers; to be put back afterwards.
    @inline(__always) static func takeover(of coder: inout Self) -> Self {
        var taken = Self()
        swap(&taken, &coder)
        return taken
    }
}

/// What encoder and decoder agree on.
enum DigitBlock {
    /// Decisions in each block but the last.
    static let length = 1 << 18
    /// The state before the first and after the last of a block.
    static let state: UInt64 = 1 << 31
    /// Chances are told in a fraction of so many bits.
    static let odds = 15
}
