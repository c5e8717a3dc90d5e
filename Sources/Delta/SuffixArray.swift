/// Every second suffix of some bytes in order, with a table that finds those with a given beginning.
///
/// A match that begins in between is found one byte later, for a query is made at every new byte; so half the suffixes,
/// half the time and half the memory find nearly as much.
///
/// Memory: 2 bytes for each byte, up to a quarter of one for the filter, and 16 MiB for the table (256 KiB below 1 MiB of
/// bytes).
struct SuffixArray: Sendable {
    /// The longest text: positions are 32-bit, and memory must stay bounded.
    static let maximumLength = 1 << 30

    private let positions: [Int32]
    /// First rank of each beginning, which is `prefixBits` of the first three bytes, and one more for the end.
    private let ranks: [Int32]
    private let prefixBits: Int
    /// Which hashes of ``beginning`` bytes there are: most queries that find nothing end here.
    private let present: [UInt64]
    private let presentBits: Int

    /// Bytes of a match worth looking for.
    static let beginning = 7

    /// Sorts every second suffix of `text`, which has at most ``maximumLength`` bytes.
    init(_ text: Span<UInt8>) {
        let count = text.count
        precondition(count <= Self.maximumLength, "a suffix array of \(count) bytes")
        let prefixBits = count < 1 << 20 ? 16 : 22
        var ranks = [Int32](repeating: 0, count: 1 << prefixBits + 1)
        self.positions = unsafe text.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe ranks.withUnsafeMutableBufferPointer { buffer in
                Self.countPrefixes(of: view, bits: prefixBits, into: unsafe WordView(buffer))
            }
            return unsafe [Int32](unsafeUninitializedCapacity: count / 2) { buffer, initialized in
                unsafe buffer.initialize(repeating: 0)
                SuffixSorting(text: PairText(view), suffixes: unsafe WordView(buffer), alphabet: PairText.alphabet)
                    .sort()
                initialized = count / 2
            }
        }
        self.ranks = ranks
        self.prefixBits = prefixBits
        let presentBits = max(12, Int.bitWidth - count.leadingZeroBitCount + (count < 1 << 25 ? 1 : 0))
        var present = [UInt64](repeating: 0, count: 1 << (presentBits - 6))
        unsafe text.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe present.withUnsafeMutableBufferPointer { present in
                for index in stride(from: 0, through: count - 8, by: 2) {
                    let bit = Self.bit(view.word(at: index), presentBits)
                    unsafe present[bit >> 6] |= 1 << UInt64(bit & 63)
                }
            }
        }
        self.present = present
        self.presentBits = presentBits
    }

    /// Of the first ``beginning`` bytes of a word.
    @inline(__always) static func bit(_ word: UInt64, _ bits: Int) -> Int {
        Int((word &<< 8 &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
    }

    /// The sorted positions, for tests.
    var sorted: [Int] { self.positions.map { Int($0) * 2 } }

    /// A suffix shorter than the prefix sorts before all that share its bytes, so it counts as padded with zeros.
    private static func countPrefixes(of text: ByteView, bits: Int, into ranks: WordView) {
        let shift = 24 - bits
        for index in stride(from: 0, through: text.count - 2, by: 2) {
            let next = index + 3 < text.count ? Int(text[index + 2]) : 0
            ranks[(Int(text.pair(at: index)) << 8 | next) >> shift + 1] &+= 1
        }
        var sum: Int32 = 0
        for index in 0..<ranks.count {
            sum &+= ranks[index]
            ranks[index] = sum
        }
    }

    /// A search over this array and its text; valid inside `body` only.
    @inline(__always) func withMatcher<Result>(
        of text: ByteView, _ body: (SuffixMatcher) -> Result
    ) -> Result {
        unsafe self.positions.withUnsafeBufferPointer { positions in
            unsafe self.ranks.withUnsafeBufferPointer { ranks in
                unsafe self.present.withUnsafeBufferPointer { present in
                    unsafe body(
                        SuffixMatcher(
                            text: text, positions: positions, ranks: ranks, prefixBits: self.prefixBits,
                            present: present, presentBits: self.presentBits))
                }
            }
        }
    }
}

/// Finds the longest match of a query in the text of a ``SuffixArray``.
@safe struct SuffixMatcher: Matcher {
    private let text: ByteView
    private let positions: UnsafeBufferPointer<Int32>
    private let ranks: UnsafeBufferPointer<Int32>
    private let prefixBits: Int
    private let present: UnsafeBufferPointer<UInt64>
    private let presentBits: Int

    /// Bytes compared at most: a longer match is extended after it was chosen.
    private static let comparedLength = 1 << 12

    init(
        text: ByteView, positions: UnsafeBufferPointer<Int32>, ranks: UnsafeBufferPointer<Int32>, prefixBits: Int,
        present: UnsafeBufferPointer<UInt64>, presentBits: Int
    ) {
        unsafe self.present = present
        self.presentBits = presentBits
        // An odd byte at the end was not sorted with the rest.
        self.text = text.part(0..<text.count & ~1)
        unsafe self.positions = positions
        unsafe self.ranks = ranks
        self.prefixBits = prefixBits
    }

    /// How many bytes before a query its filter's word is fetched, its rank, its first suffix, and that suffix's bytes.
    private static let ahead = (filter: 24, rank: 12, suffix: 8, bytes: 4)

    /// Fetches what queries a few bytes later read first. Each is far away in memory: searches that wait for all of them, one
    /// after another, take longer than all else that makes a patch.
    @inline(__always) func prefetch(_ query: ByteView, after index: Int) {
        guard query.count &- index >= Self.ahead.filter &+ 8 else { return }
        let bit = SuffixArray.bit(query.word(at: index &+ Self.ahead.filter), self.presentBits)
        unsafe self.present.prefetch(at: bit >> 6)
        if self.mayMatch(query, at: index &+ Self.ahead.rank) {
            unsafe self.ranks.prefetch(at: self.prefix(query, at: index &+ Self.ahead.rank))
        }
        if self.mayMatch(query, at: index &+ Self.ahead.suffix) {
            unsafe self.positions.prefetch(at: self.middle(query, at: index &+ Self.ahead.suffix))
        }
        if self.mayMatch(query, at: index &+ Self.ahead.bytes) {
            let middle = self.middle(query, at: index &+ Self.ahead.bytes)
            if unsafe middle < self.positions.count { unsafe self.text.prefetch(at: Int(self.positions[middle]) &<< 1) }
        }
    }

    /// Whether the text has the first ``SuffixArray/beginning`` bytes, or others with their hash. `index + 8 <= count`.
    @inline(__always) private func mayMatch(_ query: ByteView, at index: Int) -> Bool {
        let bit = SuffixArray.bit(query.word(at: index), self.presentBits)
        return unsafe self.present[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    @inline(__always) private func prefix(_ query: ByteView, at index: Int) -> Int {
        (Int(query[index]) << 16 | Int(query[index + 1]) << 8 | Int(query[index + 2])) >> (24 - self.prefixBits)
    }

    /// The first rank that a search looks at.
    @inline(__always) private func middle(_ query: ByteView, at index: Int) -> Int {
        let prefix = self.prefix(query, at: index)
        return unsafe Int(self.ranks[prefix] &+ self.ranks[prefix + 1]) >> 1
    }

    /// The longest match of what follows `index` in `query`.
    ///
    /// - Returns: where it begins in the text, and its length; none below 8 bytes, or 7 when the byte before is the same.
    @inline(__always) func longestMatch(of query: ByteView, at index: Int) -> (position: Int, length: Int) {
        let available = query.count - index
        guard available >= 8 else { return (0, 0) }
        guard self.mayMatch(query, at: index) else { return (0, 0) }
        let prefix = self.prefix(query, at: index)
        var low = unsafe Int(self.ranks[prefix])
        var high = unsafe Int(self.ranks[prefix + 1])
        var lowCommon = 0
        var highCommon = 0
        var best = (position: 0, length: 0)
        let bound = min(available, Self.comparedLength)
        while low < high {
            let middle = (low &+ high) >> 1
            let position = unsafe Int(self.positions[middle]) &<< 1
            let limit = min(bound, self.text.count &- position)
            let known = min(min(lowCommon, highCommon), limit)
            // The two that may be next are fetched while this one is compared.
            if high &- low > 2 {
                unsafe self.text.prefetch(at: Int(self.positions[(low &+ middle) >> 1]) &<< 1 &+ known)
                unsafe self.text.prefetch(at: Int(self.positions[(middle &+ 1 &+ high) >> 1]) &<< 1 &+ known)
            }
            let length =
                known
                &+ self.text.commonPrefix(at: position &+ known, with: query, at: index &+ known, limit: limit &- known)
            if length > best.length { best = (position, length) }
            if length == bound { break }
            if length == limit || self.text[position &+ length] < query[index &+ length] {
                low = middle &+ 1
                lowCommon = length
            } else {
                high = middle
                highCommon = length
            }
        }
        if best.length == bound, bound < available {
            best.length &+= self.text.commonPrefix(
                at: best.position &+ bound, with: query, at: index &+ bound,
                limit: min(available, self.text.count &- best.position) &- bound)
        }
        // With the byte before, it is a match of eight that begins between two suffixes.
        if best.length == SuffixArray.beginning, best.position > 0, index > 0,
            self.text[best.position &- 1] == query[index &- 1]
        {
            return best
        }
        return best.length <= SuffixArray.beginning ? (0, 0) : best
    }
}
