/// Finds how new bytes are best made from old ones that are all in memory.
public struct DifferencePlan: Sendable {
    /// How thoroughly matches are looked for.
    public enum Matching: Sendable {
        /// The longest match at every position: the sorted suffixes of the old bytes take five bytes for each.
        case exhaustive
        /// Matches of 16 bytes and more: half a byte for each.
        case quick
    }

    private enum Index: Sendable {
        case suffixes(SuffixArray)
        case hashes(HashTable)
    }

    private let index: Index

    /// - Parameter old: at most 1 GiB; the same bytes must be handed to ``covers(of:in:)``.
    public init(old: Span<UInt8>, matching: Matching) {
        switch matching {
        case .exhaustive: self.index = .suffixes(SuffixArray(old))
        case .quick: self.index = .hashes(HashTable(old, stride: 8))
        }
    }

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
                }
            }
        }
    }
}
