/// Chooses the steps that take the fewest bits, by a shortest path over some places at a time.
///
/// What a step costs depends on those before, so each place keeps what the best path to it has learnt, as in LZMA. The
/// path goes on a while behind the steps that are taken, for its end knows nothing of what comes; and few are taken at
/// once, for the costs are those of the odds learnt before.
@safe struct LiteralParse {
    let text: ByteView
    let rows: DigitView
    let costs: LiteralCosts
    let nodes: LiteralNodes
    private var matches: LiteralMatches
    private var path: [LiteralStep] = []

    /// Places looked at together, and how many of them steps are taken of.
    private static let places = 768
    private static let taken = 512

    static func words(_ count: Int, window: Int) -> Int {
        MatchTree.words(count, window: window) + LiteralMatches.words(places: self.places)
            + LiteralNodes.words(places: self.places)
            + LiteralCosts.words
    }

    /// - Parameters:
    ///   - rows: of the model whose steps these are.
    ///   - window: of the ``MatchTree``.
    ///   - words: ``words(_:window:)`` of them, all -1.
    init(_ text: ByteView, rows: DigitView, window: Int, words: WordView) {
        var end = 0
        func part(_ count: Int) -> WordView {
            defer { end += count }
            return words.part(end..<end + count)
        }
        self.text = text
        self.rows = rows
        let tree = MatchTree(text, window: window, words: part(MatchTree.words(text.count, window: window)))
        self.matches = LiteralMatches(
            tree, places: Self.places, words: part(LiteralMatches.words(places: Self.places)))
        self.nodes = LiteralNodes(words: part(LiteralNodes.words(places: Self.places)))
        self.costs = LiteralCosts(words: part(LiteralCosts.words))
    }

    /// The next steps, one at least, after `history` has led to `start`, which must not go back.
    mutating func steps(from start: Int, after history: LiteralHistory, _ body: (LiteralStep) -> Void) {
        self.costs.learn(self.rows)
        self.matches.move(to: start)
        let count = min(Self.places, self.text.count - start)
        let (end, long) = self.search(from: start, count, after: history)
        self.path.removeAll(keepingCapacity: true)
        if let long { self.path.append(long) }
        self.nodes.appendPath(to: end, &self.path)
        let isLast = long != nil || start + end == self.text.count
        var at = 0
        for step in self.path.reversed() where isLast || at < Self.taken {
            body(step)
            at += step.length
        }
    }

    /// Finds the best path to each of the next `count` places.
    ///
    /// - Returns: how many there are paths to; fewer than `count` where a match is long enough to be taken as it is.
    private mutating func search(
        from start: Int, _ count: Int, after history: LiteralHistory
    ) -> (end: Int, long: LiteralStep?) {
        self.nodes.begin(count, history)
        for index in 0..<count {
            let place = start &+ index
            let node = self.nodes.settle(index)
            let (pairs, found) = self.matches.at(place)
            if found > 0, Int(pairs[2 &* found &- 2]) == MatchTree.enough {
                let step = self.longMatch(place, node, Int(pairs[2 &* found &- 1]))
                return (index, step)
            }
            let before = self.before(place)
            let contexts = LiteralContexts.match(state: node.state, before: before, position: place)
            let noMatch = LiteralModel<DigitEncoder>.noMatch(self.rows, contexts)
            let last = node.distances.0
            let beside = last <= place ? Int(self.text[place &- last]) : 0
            let byte =
                node.cost &+ self.costs.cost(chance: noMatch)
                &+ self.costs.byte(
                    Int(self.text[place]), before: before, beside: beside, run: node.state & 3, self.rows)
            self.nodes.offer(index &+ 1, byte, length: 1, how: LiteralStep.byte)
            let limit = count &- index
            if last <= place, limit > 2 {
                self.offerRepeat(
                    from: index, byte, after: 1, place &+ 1, distance: last,
                    state: LiteralHistory.afterByte(node.state), how: LiteralStep.byte, limit: limit &- 1)
            }
            let edge = LiteralEdge(
                index: index, place: place, limit: limit,
                cost: node.cost &+ self.costs.cost(chance: 32768 &- noMatch),
                kinds: LiteralLayout.kinds &+ node.state)
            self.offerRepeats(edge, node)
            self.offerMatches(edge, pairs, found)
        }
        return (count, nil)
    }

    /// The two bytes before a place.
    @inline(__always) func before(_ place: Int) -> Int {
        guard place > 1 else { return place > 0 ? Int(self.text[0]) : 0 }
        return Int(self.text[place &- 1]) | Int(self.text[place &- 2]) &<< 8
    }

    /// The match from `source` on in all its length, or at a distance known before if that is hardly shorter.
    private func longMatch(_ place: Int, _ node: LiteralNode, _ source: Int) -> LiteralStep {
        let limit = min(self.text.count &- place, LiteralStep.longest)
        let length = self.text.commonPrefix(at: source, with: self.text, at: place, limit: limit)
        let known = [node.distances.0, node.distances.1, node.distances.2, node.distances.3]
        for (number, distance) in known.enumerated() where distance <= place {
            let other = self.text.commonPrefix(at: place &- distance, with: self.text, at: place, limit: limit)
            if other >= MatchTree.enough / 2, other &+ 4 >= length {
                return LiteralStep(how: number + 1, length: other)
            }
        }
        return LiteralStep(how: place &- source &+ 4, length: length)
    }
}
