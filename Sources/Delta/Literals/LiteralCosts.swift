/// What steps cost by the odds a model has learnt so far, in 1/256 bit.
@safe struct LiteralCosts {
    /// Of a chance in 1/4096.
    private let logarithms: WordView
    private let lengths: WordView
    private let distances: WordView
    private let ends: WordView

    /// Longer ones are taken to cost the same.
    private static let lengthCount = 64
    private static let bitCounts = 24

    static let words =
        4097 + LiteralLayout.lengthClasses * lengthCount + LiteralLayout.distanceClasses * bitCounts * 8
        + bitCounts * 16 + 3 * 8 * 8

    init(words: WordView) {
        self.logarithms = words.part(0..<4097)
        var end = 4097
        func part(_ count: Int) -> WordView {
            defer { end += count }
            return words.part(end..<end + count)
        }
        self.lengths = part(LiteralLayout.lengthClasses * Self.lengthCount)
        self.distances = part(LiteralLayout.distanceClasses * Self.bitCounts * 8)
        self.ends = part(Self.bitCounts * 16 + 3 * 8 * 8)
        for chance in 0...4096 { self.logarithms[chance] = Self.logarithm(chance) }
    }

    /// 256 times the binary logarithm of 4096.5 by `chance` and a half, by repeated squaring of integers.
    private static func logarithm(_ chance: Int) -> Int32 {
        let value = UInt64(chance) << 1 | 1
        let whole = 63 - value.leadingZeroBitCount
        var mantissa = value << UInt64(31 - whole)
        var bits = whole
        for _ in 0..<8 {
            mantissa = (mantissa * mantissa) >> 31
            bits <<= 1
            if mantissa >> 32 == 1 {
                mantissa >>= 1
                bits |= 1
            }
        }
        return Int32(max(1, 13 * 256 - bits))
    }

    @inline(__always) func cost(chance: Int) -> Int32 { self.logarithms[chance &>> 3] }

    @inline(__always) func cost(_ digit: Int, _ row: Int, _ rows: DigitView) -> Int32 {
        self.cost(chance: rows.share(row, of: digit))
    }

    @inline(__always) private func cost(_ digit: Int, _ contexts: LiteralContexts, _ rows: DigitView) -> Int32 {
        let after = rows.share(contexts.after, of: digit)
        let beside = rows.share(contexts.beside, of: digit)
        return self.cost(chance: after &+ ((beside &- after) &* Int(rows[zero: contexts.weight])) &>> 15)
    }

    /// Of a byte alone, without telling that it is.
    @inline(__always) func byte(_ byte: Int, before: Int, beside: Int, run: Int, _ rows: DigitView) -> Int32 {
        self.cost(byte &>> 4, .high(before: before, beside: beside, run: run), rows)
            &+ self.cost(byte & 15, .low(before: before, beside: beside, run: run, high: byte &>> 4), rows)
    }

    /// Of a match of any kind, without telling that it is one.
    ///
    /// - Parameter kinds: the row of its kind.
    @inline(__always) func match(_ how: Int, _ length: Int, kinds: Int, _ rows: DigitView) -> Int32 {
        let kind = LiteralStep.kind(how, length)
        var sum = self.cost(kind, kinds, rows)
        if let lengths = LiteralStep.lengths(ofKind: kind) {
            sum &+=
                self.lengths[
                    lengths.group &* Self.lengthCount &+ min(length &- lengths.least, Self.lengthCount &- 1)]
        }
        if how > 4 { sum &+= self.distance(how &- 4, LiteralStep.distanceClass(length)) }
        return sum
    }

    @inline(__always) private func distance(_ distance: Int, _ group: Int) -> Int32 {
        let parts = LiteralDistance(distance)
        let bits = parts.bits
        let nearer = parts.value &>> bits & 7
        let sum = self.distances[(group &* Self.bitCounts &+ bits) &* 8 &+ nearer]
        if bits >= 4 { return sum &+ self.ends[bits &* 16 &+ parts.value & 15] }
        guard bits > 0 else { return sum }
        return sum
            &+ self.ends[Self.bitCounts &* 16 &+ ((bits &- 1) &* 8 &+ nearer) &* 8 &+ parts.value & (1 &<< bits &- 1)]
    }

    /// Looks up all that does not depend on the place.
    func learn(_ rows: DigitView) {
        for group in 0..<LiteralLayout.lengthClasses {
            let row = LiteralLayout.lengths + group * LiteralLayout.lengthRows
            for length in 0..<Self.lengthCount {
                var sum: Int32
                if length < 12 {
                    sum = self.cost(length, row, rows)
                } else if length < 60 {
                    let second = (length - 12) >> 4
                    sum = self.cost(12 + second, row, rows) + self.cost((length - 12) & 15, row + 1 + second, rows)
                } else {
                    let bits = 63 - (length - 59).leadingZeroBitCount
                    sum = self.cost(15, row, rows) + self.cost(bits, row + 4, rows) + Int32(bits * 256)
                }
                self.lengths[group * Self.lengthCount + length] = sum
            }
        }
        for group in 0..<LiteralLayout.distanceClasses {
            for bits in 0..<Self.bitCounts {
                let high = self.cost(bits >> 1, LiteralLayout.distances + group, rows) + Int32(max(0, bits - 4) * 256)
                let row = LiteralLayout.nearer + (bits >> 1) * LiteralLayout.distanceClasses + group
                for low in 0..<8 {
                    self.distances[(group * Self.bitCounts + bits) * 8 + low] =
                        high + self.cost((bits & 1) << 3 | low, row, rows)
                }
            }
        }
        for bits in 4..<Self.bitCounts {
            for end in 0..<16 { self.ends[bits * 16 + end] = self.cost(end, LiteralLayout.farEnds + bits, rows) }
        }
        for near in 0..<24 {
            for end in 0..<8 {
                self.ends[Self.bitCounts * 16 + near * 8 + end] = self.cost(end, LiteralLayout.nearEnds + near, rows)
            }
        }
    }
}
