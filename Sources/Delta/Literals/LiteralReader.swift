/// Reads what ``LiteralWriter`` wrote.
enum LiteralReader {
    /// Fills `out`.
    ///
    /// Each step makes a byte at least, and none reaches outside, so that damaged bytes give an error or wrong bytes.
    ///
    /// - Parameter rows: ``LiteralLayout/rows`` of them.
    static func read(_ bytes: ByteView, into out: MutableByteView, rows: DigitView) throws(DeltaError) {
        typealias Model = LiteralModel<DigitDecoder>
        Model.begin(rows)
        var coder = DigitDecoder(bytes)
        var at = 0
        var before = 0
        var state = LiteralHistory().state
        var (first, second, third, fourth) = LiteralHistory().distances
        while at < out.count {
            if Model.isMatch(0, LiteralContexts.match(state: state, before: before, position: at), &coder, rows) == 0 {
                let beside = first <= at ? Int(out[at &- first]) : 0
                let byte = Model.byte(0, before: before, beside: beside, run: state & 3, &coder, rows)
                out[at] = UInt8(truncatingIfNeeded: byte)
                before = before &<< 8 | byte
                state = LiteralHistory.afterByte(state)
                at &+= 1
                continue
            }
            let kind = Model.kind(0, state: state, &coder, rows)
            var length = kind < 7 ? kind &+ 1 : kind &- 5
            if let lengths = LiteralStep.lengths(ofKind: kind) {
                length = lengths.least &+ Model.length(0, lengths.group, &coder, rows)
            }
            switch kind {
            case 0: state = 8
            case 1, 2, 3: state = 4
            case 4:
                state = 4
                (first, second) = (second, first)
            case 5:
                state = 4
                (first, second, third) = (third, first, second)
            case 6:
                state = 4
                (first, second, third, fourth) = (fourth, first, second, third)
            default:
                state = 0
                let distance = Model.distance(1, LiteralStep.distanceClass(length), &coder, rows)
                (first, second, third, fourth) = (distance, first, second, third)
            }
            guard first <= at, length <= out.count &- at else { throw .invalid(what: "literals", offset: at) }
            out.repeatBytes(length, from: at &- first, to: at)
            at &+= length
            before = Int(out[at &- 1]) | (at > 1 ? Int(out[at &- 2]) &<< 8 : 0)
        }
    }
}

extension MutableByteView {
    /// Copies `length` bytes forward; where the ranges overlap, what was copied is copied again.
    ///
    /// `start < index`, `index + length <= count`.
    @inline(__always) fileprivate func repeatBytes(_ length: Int, from start: Int, to index: Int) {
        assert(start >= 0 && start < index && index + length <= self.count)
        var done = 0
        if index &- start >= 8, index &+ length &+ 8 <= self.count {
            // Up to seven bytes too many are written, which later steps write anew.
            while done < length {
                self.store(self.word64(at: start &+ done), at: index &+ done)
                done &+= 8
            }
            return
        }
        while done < length {
            self[index &+ done] = self[start &+ done]
            done &+= 1
        }
    }
}
