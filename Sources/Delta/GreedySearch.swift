/// Finds covers in one pass, for haste: each cover is followed as long as most of its bytes hold, and the next is the first
/// match that a hash of eight bytes finds.
struct GreedySearch: Sendable {
    /// Newest place of each hash, in steps, plus one.
    private let heads: [Int32]
    private let bits: Int

    /// Only every so many old bytes are remembered.
    private static let stride = 5
    private static let manySteps = 1 << 24
    /// Shorter matches are left among the literals.
    private static let leastMatch = 18
    /// Bytes between two parts of one displacement that are told as differences.
    private static let widestGap = 32
    /// Of eight bytes behind a difference, so many must hold for a cover to go on.
    private static let leastEqual = 4
    /// After so many places without a match, places are left out.
    private static let patience = 6

    init(_ old: Span<UInt8>) {
        let steps = old.count < 8 ? 0 : (old.count - 8) / Self.stride + 1
        // A large table may be fuller: memory is dearer than a match that another one hides.
        let bits = max(10, Int.bitWidth - steps.leadingZeroBitCount - (steps > Self.manySteps ? 1 : 0))
        var heads = [Int32](repeating: 0, count: 1 << bits)
        unsafe old.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe heads.withUnsafeMutableBufferPointer { heads in
                let heads = unsafe WordView(heads)
                for step in 0..<steps {
                    heads[Self.slot(view.word(at: step &* Self.stride), bits)] = Int32(truncatingIfNeeded: step &+ 1)
                }
            }
        }
        self.heads = heads
        self.bits = bits
    }

    @inline(__always) private static func slot(_ word: UInt64, _ bits: Int) -> Int {
        Int((word &* 0x9FB2_1C65_1E98_DF25) >> UInt64(64 - bits))
    }

    /// The covers for all of `new`, ascending, not overlapping.
    func covers(of new: ByteView, in old: ByteView) -> [Cover] {
        unsafe self.heads.withUnsafeBufferPointer { heads in
            var walk = unsafe Walk(new: new, old: old, heads: heads, bits: self.bits)
            return walk.run()
        }
    }

    /// Valid while the buffers are lent.
    @safe private struct Walk {
        let new: ByteView
        let old: ByteView
        let heads: UnsafeBufferPointer<Int32>
        let bits: Int
        private var covers: [Cover] = []

        init(new: ByteView, old: ByteView, heads: UnsafeBufferPointer<Int32>, bits: Int) {
            self.new = new
            self.old = old
            unsafe self.heads = heads
            self.bits = bits
        }

        mutating func run() -> [Cover] {
            let count = self.new.count
            var index = 0
            /// New bytes before here belong to a cover.
            var taken = 0
            var displacement = 0
            var misses = 0
            while index &+ 8 <= count {
                let word = self.new.word(at: index)
                let along = index &+ displacement
                if along >= 0, along &+ 8 <= self.old.count, self.old.word(at: along) == word {
                    let end = self.follow(index, displacement)
                    self.add(index, end, displacement, after: taken)
                    (index, taken, misses) = (end, end, 0)
                    continue
                }
                let step = unsafe self.heads[GreedySearch.slot(word, self.bits)]
                let place = Int(step &- 1) &* GreedySearch.stride
                if step > 0, self.old.word(at: place) == word {
                    let limit = min(count &- index, self.old.count &- place)
                    let forward = self.new.commonPrefix(at: index, with: self.old, at: place, limit: limit)
                    var back = 0
                    while index &- back > taken, place &- back > 0,
                        self.new[index &- back &- 1] == self.old[place &- back &- 1]
                    { back &+= 1 }
                    if forward &+ back >= GreedySearch.leastMatch {
                        displacement = place &- index
                        let end = self.follow(index, displacement)
                        self.add(index &- back, end, displacement, after: taken)
                        (index, taken, misses) = (end, end, 0)
                        continue
                    }
                }
                misses &+= 1
                index &+= 1 &+ misses >> GreedySearch.patience
            }
            return self.covers
        }

        /// How far most bytes hold along a displacement.
        private func follow(_ start: Int, _ displacement: Int) -> Int {
            let end = min(self.new.count, self.old.count &- displacement)
            var index = start
            while true {
                index &+= self.new.commonPrefix(
                    at: index, with: self.old, at: index &+ displacement, limit: end &- index)
                guard index &+ 8 <= end else { return index }
                let difference = self.new.word(at: index) ^ self.old.word(at: index &+ displacement)
                guard Self.equalBytes(difference) >= GreedySearch.leastEqual else { return index }
                index &+= 8
            }
        }

        /// How many bytes of a word are zero (Hacker's Delight §6-1).
        @inline(__always) private static func equalBytes(_ word: UInt64) -> Int {
            let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
            return (~((word & low) &+ low | word | low)).nonzeroBitCount
        }

        private mutating func add(_ start: Int, _ end: Int, _ displacement: Int, after taken: Int) {
            if let last = self.covers.last, last.displacement == displacement, start - taken <= GreedySearch.widestGap {
                self.covers[self.covers.count - 1] = Cover(
                    newStart: last.newStart, oldStart: last.oldStart, length: end - last.newStart)
            } else {
                self.covers.append(Cover(newStart: start, oldStart: start + displacement, length: end - start))
            }
        }
    }
}
