/// A place on the path from which matches are tried.
struct LiteralEdge {
    let index: Int
    let place: Int
    /// The longest match that leads to a place looked at.
    let limit: Int
    /// Of the path to here and of telling that a match comes.
    let cost: Int32
    /// Row of the kinds of matches.
    let kinds: Int
}

extension LiteralParse {
    /// Tries matches at the last distances.
    @inline(__always) func offerRepeats(_ edge: LiteralEdge, _ node: LiteralNode) {
        self.offerRepeats(edge, distance: node.distances.0, how: 1, shortest: 1)
        self.offerRepeats(edge, distance: node.distances.1, how: 2, shortest: 2)
        self.offerRepeats(edge, distance: node.distances.2, how: 3, shortest: 2)
        self.offerRepeats(edge, distance: node.distances.3, how: 4, shortest: 2)
    }

    @inline(__always) private func offerRepeats(_ edge: LiteralEdge, distance: Int, how: Int, shortest: Int) {
        guard distance <= edge.place, self.text[edge.place] == self.text[edge.place &- distance] else { return }
        let longest = self.text.commonPrefix(
            at: edge.place &- distance, with: self.text, at: edge.place, limit: edge.limit)
        guard longest >= shortest else { return }
        for length in shortest...longest { self.offer(edge, length, how) }
        self.offerTail(edge, longest, distance: distance, how: how)
    }

    /// Tries new distances: of each length the nearest place.
    @inline(__always) func offerMatches(_ edge: LiteralEdge, _ pairs: WordView, _ count: Int) {
        var shortest = 2
        for number in 0..<count {
            let longest = min(Int(pairs[2 &* number]), edge.limit)
            let distance = edge.place &- Int(pairs[2 &* number &+ 1])
            guard longest >= shortest else { continue }
            for length in shortest...longest { self.offer(edge, length, distance &+ 4) }
            self.offerTail(edge, longest, distance: distance, how: distance &+ 4)
            shortest = longest &+ 1
        }
    }

    @inline(__always) private func offer(_ edge: LiteralEdge, _ length: Int, _ how: Int) {
        let cost = edge.cost &+ self.costs.match(how, length, kinds: edge.kinds, self.rows)
        self.nodes.offer(edge.index &+ length, cost, length: length, how: how)
    }

    /// Tries a match, a byte alone, and a match at the same distance, as one step: what a record with one change takes. The
    /// best path to the place between may be another, and hide it.
    @inline(__always) private func offerTail(_ edge: LiteralEdge, _ length: Int, distance: Int, how: Int) {
        let place = edge.place &+ length
        guard length &+ 3 <= edge.limit, self.text[place &+ 1] == self.text[place &+ 1 &- distance],
            self.text[place &+ 2] == self.text[place &+ 2 &- distance]
        else { return }
        let before = self.before(place)
        let state = how == 1 && length == 1 ? 8 : how > 4 ? 0 : 4
        let contexts = LiteralContexts.match(state: state, before: before, position: place)
        let cost =
            edge.cost &+ self.costs.match(how, length, kinds: edge.kinds, self.rows)
            &+ self.costs.cost(chance: LiteralModel<DigitEncoder>.noMatch(self.rows, contexts))
            &+ self.costs.byte(
                Int(self.text[place]), before: before, beside: Int(self.text[place &- distance]), run: 0, self.rows)
        self.offerRepeat(
            from: edge.index, cost, after: length &+ 1, place &+ 1, distance: distance, state: state &+ 1, how: how,
            limit: edge.limit &- length &- 1)
    }

    /// Tries a match at the last distance after a byte alone.
    ///
    /// - Parameters:
    ///   - cost: up to `place`, which is `done` after `index`.
    ///   - how: the step before that byte, or the byte itself.
    @inline(__always) func offerRepeat(
        from index: Int, _ cost: Int32, after done: Int, _ place: Int, distance: Int, state: Int, how: Int, limit: Int
    ) {
        guard self.text[place] == self.text[place &- distance],
            self.text[place &+ 1] == self.text[place &+ 1 &- distance]
        else { return }
        let length = self.text.commonPrefix(
            at: place &- distance, with: self.text, at: place, limit: min(limit, MatchTree.enough))
        let contexts = LiteralContexts.match(state: state, before: Int(self.text[place &- 1]), position: place)
        let isMatch = 32768 &- LiteralModel<DigitEncoder>.noMatch(self.rows, contexts)
        let sum =
            cost &+ self.costs.cost(chance: isMatch)
            &+ self.costs.match(1, length, kinds: LiteralLayout.kinds &+ state, self.rows)
        self.nodes.offer(index &+ done &+ length, sum, length: done &+ length, how: how, tail: length)
    }
}
