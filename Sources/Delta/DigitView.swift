import CPrefetch

/// Borrowed memory of learnt odds, with the same bargain as ``ByteView``: rows of sixteen cells of 16 bits.
///
/// A row holds the odds of a digit, or four times the weights of four contexts, or sixteen chances of a 0.
@safe struct DigitView {
    private let memory: UnsafeMutableRawPointer
    /// Rows.
    let count: Int

    /// Bytes of a row.
    static var rowLength: Int { 32 }
    /// A row then lies in one line of the cache.
    private static var alignment: Int { 64 }

    /// What fits in `bytes` from the first place on that is aligned.
    init(_ bytes: UnsafeMutableRawBufferPointer) {
        let start = unsafe bytes.baseAddress.unsafelyUnwrapped
        let skipped = -Int(bitPattern: start) & (Self.alignment - 1)
        unsafe self.memory = start + skipped
        self.count = max(0, bytes.count - skipped) / Self.rowLength
    }

    /// Bytes to ask for `rows` rows.
    static func length(rows: Int) -> Int { rows * Self.rowLength + Self.alignment }

    @inline(__always) subscript(row: Int) -> DigitOdds {
        get {
            assert(row >= 0 && row < self.count)
            return unsafe DigitOdds(
                below: (self.memory + row &* Self.rowLength).load(as: SIMD16<Int16>.self))
        }
        nonmutating set {
            assert(row >= 0 && row < self.count)
            unsafe (self.memory + row &* Self.rowLength).storeBytes(of: newValue.below, as: SIMD16<Int16>.self)
        }
    }

    /// Makes all digits of all rows as likely.
    func makeEven() {
        _ = unsafe self.memory.initializeMemory(
            as: SIMD16<Int16>.self, repeating: DigitOdds.even.below, count: self.count)
    }

    /// The chance of `digit` that a row tells.
    @inline(__always) func share(_ row: Int, of digit: Int) -> Int {
        assert(row >= 0 && row < self.count)
        let cells = unsafe self.memory + row &* Self.rowLength
        let start = unsafe cells.load(fromByteOffset: (digit & 15) &* 2, as: Int16.self)
        let end = unsafe cells.load(fromByteOffset: ((digit &+ 1) & 15) &* 2, as: Int16.self)
        return Int(end &- start) & 0x7FFF
    }

    /// The weights of a set, four of which share a row.
    @inline(__always) subscript(weights set: Int) -> DigitWeights {
        get {
            assert(set >= 0 && set < self.count * 4)
            return unsafe DigitWeights(lanes: self.memory.load(fromByteOffset: set &* 8, as: UInt64.self))
        }
        nonmutating set(weights) {
            assert(set >= 0 && set < self.count * 4)
            unsafe self.memory.storeBytes(of: weights.lanes, toByteOffset: set &* 8, as: UInt64.self)
        }
    }

    /// The chance of a 0 in a context, sixteen of which share a row; in 1/32768.
    @inline(__always) subscript(zero context: Int) -> Int16 {
        get {
            assert(context >= 0 && context < self.count * 16)
            return unsafe self.memory.load(fromByteOffset: context &* 2, as: Int16.self)
        }
        nonmutating set {
            assert(context >= 0 && context < self.count * 16)
            unsafe self.memory.storeBytes(of: newValue, toByteOffset: context &* 2, as: Int16.self)
        }
    }

    /// Says that a row will be asked for soon.
    @inline(__always) func prefetch(_ row: Int) { unsafe cprefetch_read(self.memory + row &* Self.rowLength) }

    func part(_ rows: Range<Int>) -> DigitView {
        unsafe DigitView(
            UnsafeMutableRawBufferPointer(
                start: self.memory + rows.lowerBound * Self.rowLength, count: rows.count * Self.rowLength))
    }
}
