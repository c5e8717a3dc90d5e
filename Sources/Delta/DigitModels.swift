/// Odds that learn, and a coder that goes by them: what a model codes with.
@safe struct DigitModels<Coder: DigitCoder> {
    var coder: Coder
    let rows: DigitView

    /// All rows are set to even odds here; rows of weights or of chances must be set by their own calls.
    init(_ coder: Coder, rows: DigitView) {
        self.coder = coder
        self.rows = rows
        rows.makeEven()
    }

    /// Makes the weights of some sets even.
    func setWeights(_ sets: Range<Int>) { for set in sets { self.rows[weights: set] = .even } }

    /// Makes 0 as likely as 1 in some contexts.
    func setBits(_ contexts: Range<Int>) { for context in contexts { self.rows[zero: context] = 1 << 14 } }

    /// Codes a decision between 0 and 1.
    @inline(__always) mutating func bit(_ bit: Int, _ context: Int) -> Int {
        let zero = self.rows[zero: context]
        let coded = self.coder.code(bit: bit, zero: Int(zero))
        self.rows[zero: context] = zero &+ ((coded == 0 ? .max - 31 : 32) &- zero) &>> 5
        return coded
    }

    /// Codes a digit in one context.
    ///
    /// - Parameter rate: how slowly its odds move, see ``DigitOdds/learning(_:rate:)``.
    @inline(__always) mutating func digit(_ digit: Int, _ row: Int, rate: Int16 = 5) -> Int {
        Self.digit(digit, row, rate, &self.coder, self.rows)
    }

    @inline(__always) static func digit(
        _ digit: Int, _ row: Int, _ rate: Int16, _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let odds = rows[row]
        let coded = coder.code(digit, odds)
        rows[row] = odds.learning(coded, rate: rate)
        return coded
    }

    /// Codes a digit by what four contexts expect together.
    ///
    /// - Parameter set: the weights to go by.
    @inline(__always) static func digit(
        _ digit: Int, _ contexts: (Int, Int, Int, Int), weights set: Int, _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let odds = (rows[contexts.0], rows[contexts.1], rows[contexts.2], rows[contexts.3])
        let weights = rows[weights: set]
        let coded = coder.code(digit, .mixed(odds, weights))
        let shares = (
            rows.share(contexts.0, of: coded), rows.share(contexts.1, of: coded), rows.share(contexts.2, of: coded),
            rows.share(contexts.3, of: coded)
        )
        rows[weights: set] = weights.learning(shares)
        rows[contexts.0] = odds.0.learning(coded, rate: 4)
        rows[contexts.1] = odds.1.learning(coded, rate: 4)
        rows[contexts.2] = odds.2.learning(coded, rate: 4)
        rows[contexts.3] = odds.3.learning(coded, rate: 4)
        return coded
    }

    /// Codes a digit by what four contexts expect together.
    @inline(__always) mutating func digit(_ digit: Int, _ contexts: (Int, Int, Int, Int), weights set: Int) -> Int {
        Self.digit(digit, contexts, weights: set, &self.coder, self.rows)
    }

    /// Rows of a context of ``byte(_:_:weights:)``: one of the higher digit, sixteen of the lower one.
    static var byteRows: Int { 17 }

    /// Codes a byte as two digits, the higher one first, each by four contexts.
    ///
    /// - Parameters:
    ///   - contexts: the first row of each.
    ///   - set: the first of two sets of weights.
    mutating func byte(_ byte: UInt8, _ contexts: (Int, Int, Int, Int), weights set: Int) -> UInt8 {
        var coder = Coder.takeover(of: &self.coder)
        defer { swap(&coder, &self.coder) }
        let rows = self.rows
        let high = Self.digit(Int(byte &>> 4), contexts, weights: set, &coder, rows)
        let lower = (
            contexts.0 &+ 1 &+ high, contexts.1 &+ 1 &+ high, contexts.2 &+ 1 &+ high, contexts.3 &+ 1 &+ high
        )
        let low = Self.digit(Int(byte & 15), lower, weights: set &+ 1, &coder, rows)
        return UInt8(truncatingIfNeeded: high &<< 4 | low)
    }

    /// Rows that one kind of number takes.
    static var numberRows: Int { 2 + 31 + 31 * 16 }

    /// Codes a number below 2^31 - 1: how many bits, then the bits, the first eight of them as digits in context.
    mutating func number(_ value: Int, _ row: Int) -> Int {
        var coder = Coder.takeover(of: &self.coder)
        defer { swap(&coder, &self.coder) }
        let rows = self.rows
        let plusOne = value &+ 1
        let length = Int.bitWidth &- 1 &- plusOne.leadingZeroBitCount
        var count = Self.digit(min(length, 15), row, 5, &coder, rows)
        if count == 15 { count &+= Self.digit(length &- 15, row &+ 1, 5, &coder, rows) }
        var result = 1
        var left = count
        // Where fewer than four bits are left, they are the higher ones of a digit.
        var context = row &+ 2 &+ count
        for level in 0..<2 where left > 0 {
            let bits = min(left, 4)
            left &-= bits
            let digit = Self.digit(((plusOne &>> left) &<< (4 &- bits)) & 15, context, 5, &coder, rows)
            result = result &<< bits | digit &>> (4 &- bits)
            if level == 0 { context = row &+ 33 &+ count &* 16 &+ digit }
        }
        while left > 0 {
            let bits = min(left, 15)
            left &-= bits
            result = result &<< bits | coder.code(even: plusOne &>> left & (1 &<< bits &- 1), bits: bits)
        }
        return result &- 1
    }
}
