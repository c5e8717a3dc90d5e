/// What was coded last, as far as it tells of the next step.
struct LiteralHistory {
    /// What the last match was: 0 a new one, 4 one at a distance known before, 8 a single byte of one; plus the bytes
    /// alone since then, at most 3.
    var state = 3
    /// The last four distances, the last one first.
    var distances = (1, 2, 3, 4)

    static let states = 12

    /// After a byte alone.
    @inline(__always) static func afterByte(_ state: Int) -> Int { state & 3 == 3 ? state : state &+ 1 }

    /// Bytes alone since the last match, at most 3.
    @inline(__always) var run: Int { self.state & 3 }

    mutating func learn(_ step: LiteralStep) {
        let last = self.distances
        switch step.how {
        case LiteralStep.byte: self.state = Self.afterByte(self.state)
        case 1: self.state = step.length == 1 ? 8 : 4
        case 2:
            self.state = 4
            self.distances = (last.1, last.0, last.2, last.3)
        case 3:
            self.state = 4
            self.distances = (last.2, last.0, last.1, last.3)
        case 4:
            self.state = 4
            self.distances = (last.3, last.0, last.1, last.2)
        default:
            self.state = 0
            self.distances = (step.distance, last.0, last.1, last.2)
        }
    }
}
