/// The matches of the places that a ``LiteralParse`` looks at, each place entered in the tree once.
@safe struct LiteralMatches {
    private let tree: MatchTree
    private let pairs: WordView
    private let starts: WordView
    /// The place whose matches come first.
    private var first = 0
    /// The first place that is not in the tree yet.
    private var next = 0

    /// - Parameter places: how many are looked at together.
    static func words(places: Int) -> Int { 2 * MatchTree.most * places + places + 1 }

    init(_ tree: MatchTree, places: Int, words: WordView) {
        self.tree = tree
        self.pairs = words.part(0..<2 * MatchTree.most * places)
        self.starts = words.part(2 * MatchTree.most * places..<words.count)
        self.starts[0] = 0
    }

    /// Forgets the matches of places before `place`, which are in the tree or entered now.
    mutating func move(to place: Int) {
        let kept = min(place, self.next) - self.first
        let offset = self.starts[kept]
        let end = self.starts[self.next - self.first]
        for index in 0..<2 * Int(end - offset) { self.pairs[index] = self.pairs[index + 2 * Int(offset)] }
        for index in kept...self.next - self.first { self.starts[index - kept] = self.starts[index] - offset }
        self.first += kept
        while self.next < place {
            _ = self.tree.enter(self.next, self.pairs)
            self.next += 1
            self.first = self.next
        }
    }

    /// The matches of `place`, none of the places between which and the last was left out: a length and a place for each.
    @inline(__always) mutating func at(_ place: Int) -> (pairs: WordView, count: Int) {
        let index = place &- self.first
        let start = Int(self.starts[index])
        let pairs = self.pairs.part(2 &* start..<self.pairs.count)
        if place == self.next {
            self.starts[index &+ 1] = Int32(truncatingIfNeeded: start &+ self.tree.enter(place, pairs))
            self.next &+= 1
        }
        return (pairs, Int(self.starts[index &+ 1]) &- start)
    }
}
