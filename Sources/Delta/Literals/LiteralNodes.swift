/// What the best path to a place has learnt.
struct LiteralNode {
    let cost: Int32
    let state: Int
    let distances: (Int, Int, Int, Int)
}

/// The best paths to some places in a row: of each its cost, its last step, and what it has learnt.
@safe struct LiteralNodes {
    private let words: WordView

    private static let size = 8

    static func words(places: Int) -> Int { (places + 1) * self.size }

    init(words: WordView) { self.words = words }

    /// Forgets all paths; the only one leads to the first place.
    func begin(_ count: Int, _ history: LiteralHistory) {
        for index in 0...count { self.words[index &* Self.size] = .max }
        self.words[0] = 0
        self.put(0, history.state, history.distances)
    }

    /// A path, taken if there is none as cheap.
    ///
    /// - Parameters:
    ///   - how: of its last step, see ``LiteralStep``.
    ///   - length: all bytes of that step.
    ///   - tail: those at the end that are a match at the same distance behind a byte alone; 0 if there is no such.
    @inline(__always) func offer(_ index: Int, _ cost: Int32, length: Int, how: Int, tail: Int = 0) {
        let word = index &* Self.size
        guard cost < self.words[word] else { return }
        self.words[word] = cost
        self.words[word &+ 1] = Int32(truncatingIfNeeded: length | tail &<< 16)
        self.words[word &+ 2] = Int32(truncatingIfNeeded: how)
    }

    /// Works out what the best path has learnt, once no better one can come.
    @inline(__always) func settle(_ index: Int) -> LiteralNode {
        let word = index &* Self.size
        guard index > 0 else { return self.node(0) }
        let step = Int(self.words[word &+ 1])
        let length = step & 0xFFFF
        let how = Int(self.words[word &+ 2])
        let from = self.node(index &- length)
        var history = LiteralHistory(state: from.state, distances: from.distances)
        history.learn(LiteralStep(how: how, length: length))
        self.put(index, step > 0xFFFF ? 4 : history.state, history.distances)
        return LiteralNode(
            cost: self.words[word], state: step > 0xFFFF ? 4 : history.state, distances: history.distances)
    }

    @inline(__always) private func node(_ index: Int) -> LiteralNode {
        let word = index &* Self.size
        return LiteralNode(
            cost: self.words[word], state: Int(self.words[word &+ 3]),
            distances: (
                Int(self.words[word &+ 4]), Int(self.words[word &+ 5]), Int(self.words[word &+ 6]),
                Int(self.words[word &+ 7])
            ))
    }

    @inline(__always) private func put(_ index: Int, _ state: Int, _ distances: (Int, Int, Int, Int)) {
        let word = index &* Self.size
        self.words[word &+ 3] = Int32(truncatingIfNeeded: state)
        self.words[word &+ 4] = Int32(truncatingIfNeeded: distances.0)
        self.words[word &+ 5] = Int32(truncatingIfNeeded: distances.1)
        self.words[word &+ 6] = Int32(truncatingIfNeeded: distances.2)
        self.words[word &+ 7] = Int32(truncatingIfNeeded: distances.3)
    }

    /// Appends the steps that lead to `end`, the last one first.
    func appendPath(to end: Int, _ path: inout [LiteralStep]) {
        var index = end
        while index > 0 {
            let step = Int(self.words[index * Self.size + 1])
            let how = Int(self.words[index * Self.size + 2])
            let length = step & 0xFFFF
            let tail = step >> 16
            let head = tail > 0 ? length - tail - 1 : length
            if tail > 0 {
                path.append(LiteralStep(how: 1, length: tail))
                path.append(LiteralStep(how: LiteralStep.byte, length: 1))
            }
            // Before a tail may be a byte alone only, which is the one in between.
            if head > 0 { path.append(LiteralStep(how: how, length: head)) }
            index -= length
        }
    }
}
