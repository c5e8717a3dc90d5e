extension DigitOdds {
    /// The mean of two.
    ///
    /// - Parameter weight: of the second, in 1/32768, from 1 to 32767.
    @inline(__always) static func mixed(_ first: DigitOdds, _ second: DigitOdds, weight: Int) -> DigitOdds {
        let parts = (UInt16(truncatingIfNeeded: 65536 &- 2 &* weight), UInt16(truncatingIfNeeded: 2 &* weight))
        let low = Self.part(first.below.lowHalf, parts.0) &+ Self.part(second.below.lowHalf, parts.1)
        let high = Self.part(first.below.highHalf, parts.0) &+ Self.part(second.below.highHalf, parts.1)
        return DigitOdds(below: SIMD16(lowHalf: low, highHalf: high))
    }

    /// The higher half of a product of 16 bits, which takes one instruction.
    @inline(__always) private static func part(_ below: SIMD8<Int16>, _ weight: UInt16) -> SIMD8<Int16> {
        let factor = SIMD8<UInt32>(truncatingIfNeeded: SIMD8<UInt16>(truncatingIfNeeded: below))
        let product = factor &* SIMD8<UInt32>(repeating: UInt32(weight))
        return SIMD8<Int16>(truncatingIfNeeded: product &>> 16)
    }
}
