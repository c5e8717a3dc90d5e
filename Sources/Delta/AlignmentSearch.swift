/// Chooses which new bytes are made from which old ones: the covers that cost least together.
///
/// A shortest path over diagonals. At each new byte a few displacements compete, with literals as one more rival;
/// changing from one to another costs what a cover costs in the patch. Candidates come from a ``SuffixArray``, and each
/// is also tried backwards from where it was found, so a cover may begin with bytes that differ.
struct AlignmentSearch {
    let costs: AlignmentCosts
    /// The shortest exact match that makes a displacement a candidate; matchers may tell it without its first byte.
    let seedLength: Int

    /// Exact matches this long are taken without looking at rivals.
    private static let certainLength = 48

    /// The covers for all of `new`, ascending, not overlapping.
    func covers(of new: ByteView, in old: ByteView, matcher: some Matcher) -> [Cover] {
        guard new.count > 0, old.count > 0 else { return [] }
        return unsafe self.costs.difference.withUnsafeBufferPointer { difference in
            unsafe self.costs.literal.withUnsafeBufferPointer { literal in
                var path = unsafe AlignmentPath(
                    new: new, old: old, costs: self.costs, difference: difference, literal: literal)
                self.walk(&path, new: new, old: old, matcher: matcher)
                return path.covers()
            }
        }
    }

    @inline(__always) private func walk(
        _ path: inout AlignmentPath, new: ByteView, old: ByteView, matcher: some Matcher
    ) {
        let count = new.count
        var index = 0
        var nextQuery = 0
        var matchedUntil = 0
        var matchEnd = 0
        while index < count {
            if index >= matchedUntil, let displacement = path.bestDisplacement {
                let position = index + displacement
                let limit = min(count - index, old.count - position)
                if limit > 0 {
                    let length = new.commonPrefix(at: index, with: old, at: position, limit: limit)
                    matchedUntil = index + length
                    if length >= Self.certainLength {
                        path.skip(length, from: index)
                        index += length
                        nextQuery = index
                        matchEnd = index
                        continue
                    }
                    if length >= 16 { nextQuery = max(nextQuery, matchedUntil) }
                }
            }
            if index >= nextQuery {
                matcher.prefetch(new, after: index)
                let match = matcher.longestMatch(of: new, at: index)
                // Only every second old byte begins a match, so a better one may begin at the next new byte.
                let isSecond = index < matchEnd
                if match.length >= self.seedLength &- 1 {
                    path.add(displacement: match.position - index, at: index)
                    matchEnd = max(matchEnd, index + match.length)
                }
                nextQuery = isSecond ? matchEnd : index + 1
            }
            if path.step(index) { matchedUntil = 0 }
            index += 1
        }
    }
}
