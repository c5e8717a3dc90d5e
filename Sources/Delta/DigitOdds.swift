/// How likely each hexadecimal digit is, in 1/32768.
///
/// As in the nibble coders of LZNA and Brotli's successors (Giesen, "rANS in practice", 2015), cumulative chances lie in a
/// vector that is searched, mixed and moved as a whole.
struct DigitOdds {
    /// In lane `d` the chance of a digit below `d`; ascending.
    var below: SIMD16<Int16>

    private static var digits: SIMD16<Int16> { [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] }

    @inline(__always) init(below: SIMD16<Int16>) { self.below = below }

    /// All as likely.
    static var even: DigitOdds { DigitOdds(below: Self.digits &<< 11) }

    @inline(__always) func start(of digit: Int) -> Int { Int(self.below[digit & 15]) }

    @inline(__always) func share(of digit: Int) -> Int {
        // Lane 0 holds 0, which stands for 32768 behind the last.
        Int(self.below[(digit &+ 1) & 15] &- self.below[digit & 15]) & 0x7FFF
    }

    /// The digit in whose share `place` lies; 0 to 15 whatever the odds.
    @inline(__always) func digit(at place: Int) -> Int {
        let bound = SIMD8<Int16>(repeating: Int16(truncatingIfNeeded: place))
        let zero = SIMD8<Int16>()
        let count =
            zero.replacing(with: 1, where: self.below.lowHalf .<= bound)
            &+ zero.replacing(with: 1, where: self.below.highHalf .<= bound)
        return (Int(count.wrappedSum()) &- 1) & 15
    }

    /// Moved towards `digit`, by `1 >> rate` of the way.
    ///
    /// No chance ever falls below 8, for what it moves towards leaves as much to each.
    @inline(__always) func learning(_ digit: Int, rate: Int16) -> DigitOdds {
        let bound = SIMD16<Int16>(repeating: Int16(truncatingIfNeeded: digit))
        let goal = (Self.digits &<< 3) &+ SIMD16<Int16>().replacing(with: .max - 127, where: Self.digits .> bound)
        return DigitOdds(below: self.below &+ (goal &- self.below) &>> SIMD16<Int16>(repeating: rate))
    }

    /// The mean of four, by their weights.
    @inline(__always) static func mixed(
        _ odds: (DigitOdds, DigitOdds, DigitOdds, DigitOdds), _ weights: DigitWeights
    ) -> DigitOdds {
        let low =
            weights.part(0, of: odds.0.below.lowHalf) &+ weights.part(1, of: odds.1.below.lowHalf)
            &+ weights.part(2, of: odds.2.below.lowHalf) &+ weights.part(3, of: odds.3.below.lowHalf)
        let high =
            weights.part(0, of: odds.0.below.highHalf) &+ weights.part(1, of: odds.1.below.highHalf)
            &+ weights.part(2, of: odds.2.below.highHalf) &+ weights.part(3, of: odds.3.below.highHalf)
        return DigitOdds(below: SIMD16(lowHalf: low, highHalf: high))
    }
}
