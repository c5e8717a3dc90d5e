/// How steps along literals are coded, by odds that learn; the same calls write and read.
///
/// As LZMA (Pavlov) tells literals, matches and repeated distances, but in hexadecimal digits as LZNA does, and each digit
/// of a byte by the mean of what two contexts expect: the bytes before it, and the byte at the last distance.
enum LiteralModel<Coder: DigitCoder> {
    /// Sets ``LiteralLayout/rows`` rows to even odds.
    static func begin(_ rows: DigitView) {
        for row in 0..<LiteralLayout.cells { rows[row] = .even }
        for cell in LiteralLayout.matchAt..<LiteralLayout.rows * 16 { rows[zero: cell] = 1 << 14 }
    }

    /// How slowly odds of bytes move, and those of the rest.
    private static var byteRate: Int16 { 5 }
    private static var stepRate: Int16 { 6 }

    @inline(__always) private static func digit(
        _ digit: Int, _ row: Int, _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let odds = rows[row]
        let coded = coder.code(digit, odds)
        rows[row] = odds.learning(coded, rate: Self.stepRate)
        return coded
    }

    /// Codes a digit by what two contexts expect.
    @inline(__always) private static func digit(
        _ digit: Int, _ contexts: LiteralContexts, _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let odds = (rows[contexts.after], rows[contexts.beside])
        let weight = Int(rows[zero: contexts.weight])
        let coded = coder.code(digit, .mixed(odds.0, odds.1, weight: weight))
        let shares = (rows.share(contexts.after, of: coded), rows.share(contexts.beside, of: coded))
        rows[zero: contexts.weight] = Self.learnt(weight, shares)
        rows[contexts.after] = odds.0.learning(coded, rate: Self.byteRate)
        rows[contexts.beside] = odds.1.learning(coded, rate: Self.byteRate)
        return coded
    }

    /// A weight moved towards the context that gave the digit the higher chance, by a 32nd of the way.
    @inline(__always) private static func learnt(_ weight: Int, _ shares: (Int, Int)) -> Int16 {
        let goal = shares.1 > shares.0 ? 32768 &- 512 : 512
        return Int16(truncatingIfNeeded: weight &+ (goal &- weight) &>> 5)
    }

    /// Chance that no match comes.
    @inline(__always) static func noMatch(_ rows: DigitView, _ contexts: (Int, Int)) -> Int {
        min(max((Int(rows[zero: contexts.0]) &+ Int(rows[zero: contexts.1])) &>> 1, 32), 32736)
    }

    /// Codes whether a match comes.
    @inline(__always) static func isMatch(
        _ bit: Int, _ contexts: (Int, Int), _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let coded = coder.code(bit: bit, zero: Self.noMatch(rows, contexts))
        let goal: Int16 = coded == 0 ? .max : 0
        let zeros = (rows[zero: contexts.0], rows[zero: contexts.1])
        rows[zero: contexts.0] = zeros.0 &+ (goal &- zeros.0) &>> 5
        rows[zero: contexts.1] = zeros.1 &+ (goal &- zeros.1) &>> 5
        return coded
    }

    /// Codes a byte alone.
    ///
    /// - Parameters:
    ///   - before: the last two bytes, the last in the lower half.
    ///   - beside: the byte at the last distance.
    ///   - run: ``LiteralHistory/run``.
    @inline(__always) static func byte(
        _ byte: Int, before: Int, beside: Int, run: Int, _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let high = self.digit(byte &>> 4, .high(before: before, beside: beside, run: run), &coder, rows)
        let low = self.digit(byte & 15, .low(before: before, beside: beside, run: run, high: high), &coder, rows)
        return high &<< 4 | low
    }

    @inline(__always) static func kind(_ kind: Int, state: Int, _ coder: inout Coder, _ rows: DigitView) -> Int {
        self.digit(kind, LiteralLayout.kinds &+ state, &coder, rows)
    }

    /// Codes a length less the least of its group: up to 11 as it is, up to 59 by two digits, else by how many bits it has.
    @inline(__always) static func length(
        _ value: Int, _ group: Int, _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let row = LiteralLayout.lengths &+ group &* LiteralLayout.lengthRows
        let first = self.digit(value < 12 ? value : value < 60 ? 12 &+ (value &- 12) &>> 4 : 15, row, &coder, rows)
        if first < 12 { return first }
        if first < 15 {
            return 12 &+ (first &- 12) &* 16 &+ self.digit((value &- 12) & 15, row &+ first &- 11, &coder, rows)
        }
        let rest = value &- 59
        let bits = self.digit(Int.bitWidth &- 1 &- max(rest, 1).leadingZeroBitCount, row &+ 4, &coder, rows)
        guard bits > 0 else { return 60 }
        return 59 &+ (1 &<< bits | coder.code(even: rest & (1 &<< bits &- 1), bits: bits))
    }

    /// Codes a distance: with 7 added, how many bits it has in two digits with the three bits below the highest, and then
    /// the rest, whose last four bits have odds of their own.
    ///
    /// - Parameter group: ``LiteralStep/distanceClass(_:)``.
    /// - Returns: 1 to 2^36 when damaged.
    @inline(__always) static func distance(
        _ distance: Int, _ group: Int, _ coder: inout Coder, _ rows: DigitView
    ) -> Int {
        let parts = LiteralDistance(distance)
        let high = self.digit(parts.high, LiteralLayout.distances &+ group, &coder, rows)
        let low = self.digit(
            parts.low, LiteralLayout.nearer &+ high &* LiteralLayout.distanceClasses &+ group, &coder, rows)
        let bits = high &* 2 &+ low &>> 3
        var value = 8 | low & 7
        if bits < 4 {
            guard bits > 0 else { return value &- 7 }
            let end = self.digit(
                parts.value & (1 &<< bits &- 1), LiteralLayout.nearEnds &+ (bits &- 1) &* 8 &+ low & 7, &coder, rows)
            return (value &<< bits | end & (1 &<< bits &- 1)) &- 7
        }
        var left = bits &- 4
        if left > 12 {
            left &-= 12
            value = value &<< 12 | coder.code(even: parts.value &>> (left &+ 4) & 0xFFF, bits: 12)
        }
        if left > 0 {
            value = value &<< left | coder.code(even: parts.value &>> 4 & (1 &<< left &- 1), bits: left)
        }
        return (value &<< 4 | self.digit(parts.value & 15, LiteralLayout.farEnds &+ bits, &coder, rows)) &- 7
    }
}
