/// Finds covers in one pass, for haste: each cover is followed as long as most of its bytes hold, and the next is the first
/// match that a hash of eight bytes finds.
///
/// Its table is made anew for other old bytes in the same memory.
public struct GreedySearch: Sendable {
    /// For each slot, the newest step whose word fell there, plus one, below as much of the word's hash as finds room: most
    /// words that are not there are known by it, without a look at the old bytes.
    private var heads: [UInt32] = []
    private var layout = Layout(steps: 0)

    /// Only every so many old bytes are remembered: a match of ``leastMatch`` has a remembered word.
    private static let stride = 8
    private static let manySteps = 1 << 24
    /// Shorter matches are left among the literals.
    private static let leastMatch = 18
    /// A cover whose displacement is within so many bits of the last one's is near.
    private static let nearBits = 16
    /// Shorter covers that are not near are left among the literals, too: most of them are there by chance.
    private static let leastFar = 64
    /// Bytes between two parts of one displacement that are told as differences.
    private static let widestGap = 32
    /// Of eight bytes behind a difference, so many must hold for a cover to go on.
    private static let leastEqual = 4
    /// After so many places without a match, places are left out.
    private static let patience = 6
    /// Places ahead whose slot is asked for.
    private static let ahead = 16

    /// Remembers nothing.
    public init() {}

    init(_ old: Span<UInt8>) { self.remember(old) }

    /// Makes the table of `old`, at most 1 GiB, in place of what was remembered.
    public mutating func remember(_ old: Span<UInt8>) {
        let steps = old.count < 8 ? 0 : (old.count - 8) / Self.stride + 1
        let layout = Layout(steps: steps)
        if self.heads.count >= layout.slots {
            unsafe self.heads.withUnsafeMutableBufferPointer {
                unsafe $0[..<layout.slots].update(repeating: 0)
            }
        } else {
            // The old table is let go first, so that both are never there at once.
            self.heads = []
            self.heads = [UInt32](repeating: 0, count: layout.slots)
        }
        self.layout = layout
        unsafe old.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            unsafe self.heads.withUnsafeMutableBufferPointer { heads in
                for step in 0..<steps {
                    let hash = Self.hash(view.word(at: step &* Self.stride))
                    unsafe heads[layout.slot(hash)] = layout.tag(hash) | UInt32(truncatingIfNeeded: step &+ 1)
                }
            }
        }
    }

    @inline(__always) private static func hash(_ word: UInt64) -> UInt64 { word &* 0x9FB2_1C65_1E98_DF25 }

    /// How a hash is taken apart, and how many slots there are.
    private struct Layout {
        private let slotShift: UInt64
        private let tagShift: UInt64
        let tagMask: UInt32

        var slots: Int { 1 << (64 - Int(self.slotShift)) }

        init(steps: Int) {
            let used = Int.bitWidth - steps.leadingZeroBitCount
            // A large table may be fuller: memory is dearer than a match that another one hides.
            let bits = max(10, used - (steps > GreedySearch.manySteps ? 1 : 0))
            self.slotShift = UInt64(64 - bits)
            self.tagMask = ~UInt32(0) << UInt32(used)
            self.tagShift = UInt64(32 - bits)
        }

        @inline(__always) func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> self.slotShift) }

        /// The bits of the hash behind those of the slot, where a step has none.
        @inline(__always) func tag(_ hash: UInt64) -> UInt32 {
            UInt32(truncatingIfNeeded: hash >> self.tagShift) & self.tagMask
        }
    }

    /// The covers for all of `new`, ascending, not overlapping.
    ///
    /// - Parameter old: what was remembered.
    public func covers(of new: Span<UInt8>, in old: Span<UInt8>) -> [Cover] {
        unsafe new.withUnsafeBufferPointer { new in
            unsafe old.withUnsafeBufferPointer { old in
                self.covers(of: unsafe ByteView(new), in: unsafe ByteView(old))
            }
        }
    }

    func covers(of new: ByteView, in old: ByteView) -> [Cover] {
        unsafe self.heads.withUnsafeBufferPointer { heads in
            var walk = unsafe Walk(new: new, old: old, heads: heads, layout: self.layout)
            return walk.run()
        }
    }

    /// Valid while the buffers are lent.
    @safe private struct Walk {
        let new: ByteView
        let old: ByteView
        let heads: UnsafeBufferPointer<UInt32>
        let layout: Layout
        private var covers: [Cover] = []

        init(new: ByteView, old: ByteView, heads: UnsafeBufferPointer<UInt32>, layout: Layout) {
            self.new = new
            self.old = old
            unsafe self.heads = heads
            self.layout = layout
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
                let stride = 1 &+ misses >> GreedySearch.patience
                let ahead = index &+ stride &* GreedySearch.ahead
                if ahead &+ 8 <= count {
                    unsafe self.heads.prefetch(at: self.layout.slot(GreedySearch.hash(self.new.word(at: ahead))))
                }
                let hash = GreedySearch.hash(word)
                let entry = unsafe self.heads[self.layout.slot(hash)]
                let step = Int(entry & ~self.layout.tagMask)
                let place = (step &- 1) &* GreedySearch.stride
                if entry & self.layout.tagMask == self.layout.tag(hash), step > 0, self.old.word(at: place) == word,
                    let match = self.match(at: index, place, after: taken, nearTo: displacement)
                {
                    displacement = place &- index
                    self.add(match.lowerBound, match.upperBound, displacement, after: taken)
                    (index, taken, misses) = (match.upperBound, match.upperBound, 0)
                    continue
                }
                misses &+= 1
                index &+= stride
            }
            return self.covers
        }

        /// The new bytes that the old ones around `place` make, if they are worth a cover.
        @inline(__always) private func match(
            at index: Int, _ place: Int, after taken: Int, nearTo displacement: Int
        ) -> Range<Int>? {
            let limit = min(self.new.count &- index, self.old.count &- place)
            let forward = self.new.commonPrefix(at: index, with: self.old, at: place, limit: limit)
            var back = 0
            while index &- back > taken, place &- back > 0,
                self.new[index &- back &- 1] == self.old[place &- back &- 1]
            { back &+= 1 }
            guard forward &+ back >= GreedySearch.leastMatch else { return nil }
            let match = index &- back..<self.follow(index, place &- index)
            let isNear = abs(place &- index &- displacement) >> GreedySearch.nearBits == 0
            return isNear || match.count >= GreedySearch.leastFar ? match : nil
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
