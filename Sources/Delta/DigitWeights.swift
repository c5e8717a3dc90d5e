/// How much each of four contexts has to say, in 1/32768, together exactly 1: four lanes of 16 bits in one number.
struct DigitWeights {
    var lanes: UInt64

    @inline(__always) init(lanes: UInt64) { self.lanes = lanes }

    /// All the same.
    static var even: DigitWeights { DigitWeights(lanes: 0x2000_2000_2000_2000) }

    /// The least a context keeps, in each lane.
    private static var least: UInt64 { 0x0400_0400_0400_0400 }

    /// One context's part of the mean.
    @inline(__always) func part(_ lane: UInt64, of odds: SIMD8<Int16>) -> SIMD8<Int16> {
        // The higher half of a product of 16 bits, which takes one instruction.
        let weight = UInt16(truncatingIfNeeded: self.lanes &>> (16 &* lane)) &<< 1
        let chances = SIMD8<UInt16>(truncatingIfNeeded: odds)
        let product = SIMD8<UInt32>(truncatingIfNeeded: chances) &* SIMD8<UInt32>(repeating: UInt32(weight))
        return SIMD8<Int16>(truncatingIfNeeded: product &>> 16)
    }

    /// A 32nd of what the others have above the least goes to the context that gave the digit the highest chance.
    @inline(__always) func learning(_ shares: (Int, Int, Int, Int)) -> DigitWeights {
        let front = shares.1 > shares.0 ? (shares.1, 1) : (shares.0, 0)
        let back = shares.3 > shares.2 ? (shares.3, 3) : (shares.2, 2)
        let best = back.0 > front.0 ? back.1 : front.1
        let parts = (self.lanes &- Self.least) &>> 5 & 0x07FF_07FF_07FF_07FF
        let sum = (parts &* 0x0001_0001_0001_0001) &>> 48
        return DigitWeights(lanes: self.lanes &- parts &+ sum &<< UInt64(16 &* best))
    }
}
