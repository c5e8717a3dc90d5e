/// Finds where new bytes stand in old ones.
protocol Matcher {
    /// A long match of what follows `index` in `query`.
    ///
    /// - Returns: where it begins in the old bytes, and its length, 0 for none.
    func longestMatch(of query: ByteView, at index: Int) -> (position: Int, length: Int)

    /// Brings near what queries soon after `index` will look at.
    func prefetch(_ query: ByteView, after index: Int)
}

extension Matcher {
    @inline(__always) func prefetch(_ query: ByteView, after index: Int) {}
}

/// Two matchers over old bytes that stand one after the other; the longer match counts, the first one's in a draw.
struct JoinedMatcher<First: Matcher, Second: Matcher>: Matcher {
    let first: First
    let second: Second
    /// Where the second one's bytes begin.
    let split: Int

    @inline(__always) func longestMatch(of query: ByteView, at index: Int) -> (position: Int, length: Int) {
        let one = self.first.longestMatch(of: query, at: index)
        let two = self.second.longestMatch(of: query, at: index)
        return two.length > one.length ? (two.position &+ self.split, two.length) : one
    }

    @inline(__always) func prefetch(_ query: ByteView, after index: Int) {
        self.first.prefetch(query, after: index)
        self.second.prefetch(query, after: index)
    }
}

/// Remembers where eight bytes were seen, at every few positions: for old bytes that are mostly known to fit, or in
/// haste.
struct HashTable: Sendable {
    private static let wordLength = 8

    /// Newest position of each hash, in steps, plus one.
    private let heads: [Int32]
    /// For each step, the position of the same hash before it.
    private let chain: [Int32]
    private let bits: Int
    private let stride: Int

    /// - Parameter stride: only every so many bytes are remembered.
    init(_ text: Span<UInt8>, stride: Int) {
        let steps = text.count < Self.wordLength ? 0 : (text.count - Self.wordLength) / stride + 1
        let bits = max(10, Int.bitWidth - steps.leadingZeroBitCount)
        var heads = [Int32](repeating: 0, count: 1 << bits)
        var chain = [Int32](repeating: 0, count: steps)
        unsafe text.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe heads.withUnsafeMutableBufferPointer { heads in
                unsafe chain.withUnsafeMutableBufferPointer { chain in
                    let heads = unsafe WordView(heads)
                    let chain = unsafe WordView(chain)
                    for step in 0..<steps {
                        let slot = Self.slot(view.word(at: step * stride), bits)
                        chain[step] = heads[slot]
                        heads[slot] = Int32(truncatingIfNeeded: step + 1)
                    }
                }
            }
        }
        self.heads = heads
        self.chain = chain
        self.bits = bits
        self.stride = stride
    }

    @inline(__always) private static func slot(_ word: UInt64, _ bits: Int) -> Int {
        Int((word &* 0x9FB2_1C65_1E98_DF25) >> UInt64(64 - bits))
    }

    @inline(__always) func withMatcher<Result>(of text: ByteView, _ body: (HashMatcher) -> Result) -> Result {
        unsafe self.heads.withUnsafeBufferPointer { heads in
            unsafe self.chain.withUnsafeBufferPointer { chain in
                body(unsafe HashMatcher(text: text, heads: heads, chain: chain, bits: self.bits, stride: self.stride))
            }
        }
    }

    /// Finds matches of eight bytes or more.
    @safe struct HashMatcher: Matcher {
        private static let tries = 12

        private let text: ByteView
        private let heads: UnsafeBufferPointer<Int32>
        private let chain: UnsafeBufferPointer<Int32>
        private let bits: Int
        private let stride: Int

        init(
            text: ByteView, heads: UnsafeBufferPointer<Int32>, chain: UnsafeBufferPointer<Int32>, bits: Int, stride: Int
        ) {
            self.text = text
            unsafe self.heads = heads
            unsafe self.chain = chain
            self.bits = bits
            self.stride = stride
        }

        @inline(__always) func longestMatch(of query: ByteView, at index: Int) -> (position: Int, length: Int) {
            guard query.count - index >= HashTable.wordLength else { return (0, 0) }
            var step = unsafe self.heads[HashTable.slot(query.word(at: index), self.bits)]
            var best = (position: 0, length: 0)
            var tries = Self.tries
            while step > 0, tries > 0 {
                let position = Int(step &- 1) &* self.stride
                let limit = min(query.count &- index, self.text.count &- position)
                let length = self.text.commonPrefix(at: position, with: query, at: index, limit: limit)
                if length > best.length { best = (position, length) }
                step = unsafe self.chain[Int(step &- 1)]
                tries &-= 1
            }
            return best.length < HashTable.wordLength ? (0, 0) : best
        }
    }
}
