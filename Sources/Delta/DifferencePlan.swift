/// Finds how new bytes are best made from old ones that are all in memory.
public struct DifferencePlan: Sendable {
    /// How thoroughly matches are looked for.
    public enum Matching: Sendable {
        /// The longest match at every position: the sorted suffixes of the old bytes take five bytes for each.
        case exhaustive
        /// Matches of 16 bytes and more: half a byte for each.
        case quick
        /// The first match that turns up, for a preview in seconds: half a byte for each.
        case hasty
    }

    private enum Index: Sendable {
        case suffixes(SuffixArray)
        case hashes(HashTable)
        case greedy(GreedySearch)
        case joined(SuffixArray, SuffixArray, split: Int)
    }

    private let index: Index

    /// - Parameter old: at most 1 GiB; the same bytes must be handed to ``covers(of:in:)``.
    public init(old: Span<UInt8>, matching: Matching) {
        switch matching {
        case .exhaustive: self.index = .suffixes(SuffixArray(old))
        case .quick: self.index = .hashes(HashTable(old, stride: 8))
        case .hasty: self.index = .greedy(GreedySearch(old))
        }
    }

    /// A plan over the same old bytes and others behind them, without sorting the former again.
    ///
    /// - Parameters:
    ///   - more: the bytes that come behind.
    ///   - split: bytes this plan was made of.
    /// - Returns: nil for a plan that is not exhaustive.
    public func joined(with more: Span<UInt8>, after split: Int) -> DifferencePlan? {
        guard case .suffixes(let suffixes) = self.index else { return nil }
        return DifferencePlan(index: .joined(suffixes, SuffixArray(more), split: split))
    }

    private init(index: Index) { self.index = index }

    /// The covers that cost least, ascending and not overlapping, ``PatchLimits/covers`` at most.
    public func covers(of new: Span<UInt8>, in old: Span<UInt8>, literals price: LiteralPrice = .dear) -> [Cover] {
        for seedLength in [8, 16, 32, 64, 128, 256] {
            let search = AlignmentSearch(costs: AlignmentCosts(literals: price), seedLength: seedLength)
            let covers = self.covers(of: new, in: old, search: search)
            if covers.count <= PatchLimits.covers { return covers }
        }
        return []
    }

    private func covers(of new: Span<UInt8>, in old: Span<UInt8>, search: AlignmentSearch) -> [Cover] {
        unsafe old.withUnsafeBufferPointer { old in
            unsafe new.withUnsafeBufferPointer { new in
                let old = unsafe ByteView(old)
                let new = unsafe ByteView(new)
                switch self.index {
                case .suffixes(let suffixes):
                    return suffixes.withMatcher(of: old) { search.covers(of: new, in: old, matcher: $0) }
                case .hashes(let hashes):
                    return hashes.withMatcher(of: old) { search.covers(of: new, in: old, matcher: $0) }
                case .joined(let first, let second, let split):
                    return first.withMatcher(of: old.part(0..<split)) { first in
                        second.withMatcher(of: old.part(split..<old.count)) { second in
                            let matcher = JoinedMatcher(first: first, second: second, split: split)
                            return search.covers(of: new, in: old, matcher: matcher)
                        }
                    }
                case .greedy(let greedy):
                    return greedy.covers(of: new, in: old)
                }
            }
        }
    }
}
