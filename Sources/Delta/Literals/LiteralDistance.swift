/// A distance taken apart for coding.
struct LiteralDistance {
    /// 7 more than the distance, so that three bits always follow the highest.
    let value: Int
    /// Bits below those three.
    let bits: Int

    @inline(__always) init(_ distance: Int) {
        self.value = distance &+ 7
        self.bits = Int.bitWidth &- 4 &- max(self.value, 8).leadingZeroBitCount
    }

    @inline(__always) var high: Int { self.bits &>> 1 }
    @inline(__always) var low: Int { (self.bits & 1) &<< 3 | self.value &>> self.bits & 7 }
}
