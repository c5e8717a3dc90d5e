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

    /// Before anything is known of the bytes.
    static let initial: AlignmentCosts = {
        var difference = [Int32](repeating: 10 * 16, count: 256)
        difference[0] = 1
        return AlignmentCosts(
            difference: difference, literal: [Int32](repeating: 104, count: 256), cover: 16 * 16,
            displacementDigit: 20, literals: 8 * 16)
    }()

    /// For a cover that begins `change` away from the diagonal before it.
    @inline(__always) func change(of displacement: Int) -> Int {
        self.cover + self.displacementDigit * (Int.bitWidth - displacement.magnitude.leadingZeroBitCount)
    }

    /// The most that ``change(of:)`` can be for displacements below 2^32.
    var largestChange: Int { self.cover + self.displacementDigit * 33 }
}
