/// What a deflate stream shows of the program that made it, before that is tried.
struct StreamTraits: Hashable, Sendable {
    /// Symbols of the coded blocks before the last: the fewest and the most; nil when there is none.
    private(set) var blocks: ClosedRange<Int>?
    /// Bytes of the shortest match.
    private(set) var leastMatch = Int.max

    mutating func add(match length: Int) { self.leastMatch = min(self.leastMatch, length) }

    mutating func add(block symbols: Int) {
        let before = self.blocks ?? symbols...symbols
        self.blocks = min(before.lowerBound, symbols)...max(before.upperBound, symbols)
    }
}

extension DeflateStyle {
    /// Whether it can have made a stream of these traits; true does not say that it has.
    func mayMake(_ traits: StreamTraits) -> Bool {
        guard !self.isFiltered || traits.leastMatch > Deflater.shortMatch else { return false }
        guard let blocks = traits.blocks else { return true }
        let full = self.blockLength - 1
        return self.endsEarly ? blocks.upperBound <= full : blocks == full...full
    }
}
