/// What the pieces of a difference are expected to cost once compressed, in sixteenths of a bit.
///
/// The search for the best alignment minimises their sum, so they decide sizes and never correctness.
struct AlignmentCosts: Sendable {
    /// For a byte in a cover, by its difference from the old byte modulo 256; index 0 is a match.
    var difference: [Int32]
    /// For a byte outside every cover.
    var literal: [Int32]
    /// For a new cover, whatever its displacement.
    var cover: Int
    /// For each binary digit of the change of displacement.
    var displacementDigit: Int
    /// For leaving a cover for literals.
    var literals: Int

    init(literals price: LiteralPrice) {
        self.difference = [Int32](repeating: price == .dear ? 8 * 16 : 10 * 16, count: 256)
        self.difference[0] = 1
        self.literal = [Int32](repeating: price.rawValue, count: 256)
        self.cover = 20 * 16
        self.displacementDigit = 20
        self.literals = 8 * 16
    }

    /// For a cover that begins `change` away from the diagonal before it.
    @inline(__always) func change(of displacement: Int) -> Int {
        self.cover + self.displacementDigit * (Int.bitWidth - displacement.magnitude.leadingZeroBitCount)
    }

    /// The most that ``change(of:)`` can be for displacements below 2^32.
    var largestChange: Int { self.cover + self.displacementDigit * 33 }
}

/// What a byte outside every cover is expected to cost, in sixteenths of a bit.
///
/// Where literals compress well, short covers cost more than they save; where they do not, as in machine code, even covers
/// full of differences are cheaper.
public enum LiteralPrice: Int32, CaseIterable, Sendable {
    case dear = 104
    case fair = 80
    case cheap = 60
}
