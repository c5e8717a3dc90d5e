/// What the suffix sorter reads: bytes at the top, names of substrings below.
protocol SymbolText {
    var count: Int { get }
    func symbol(at index: Int) -> Int32
    /// Says that the symbol will be asked for soon.
    func prefetch(at index: Int)
}

/// Bytes two by two: half as many symbols to sort, and the order is that of the bytes.
struct PairText: SymbolText {
    private let bytes: ByteView

    /// A last odd byte is left out.
    init(_ bytes: ByteView) { self.bytes = bytes }

    static let alphabet = 1 << 16

    var count: Int { self.bytes.count >> 1 }
    @inline(__always) func symbol(at index: Int) -> Int32 { Int32(self.bytes.pair(at: index &<< 1)) }
    @inline(__always) func prefetch(at index: Int) { self.bytes.prefetch(at: index &<< 1) }
}

extension WordView: SymbolText {
    @inline(__always) func symbol(at index: Int) -> Int32 { self[index] }
}

/// Sorts suffixes in linear time by induced sorting.
///
/// Nong, Zhang, Chan, "Two Efficient Algorithms for Linear Time Suffix Array Construction" (2011), with Yuta Mori's
/// way of marking entries by their complement, so that the array itself is the only large memory.
struct SuffixSorting<Text: SymbolText> {
    let text: Text
    /// Where the sorted suffixes go: the first `text.count` words; more may follow and are used as room.
    let suffixes: WordView
    let alphabet: Int

    private var count: Int { self.text.count }

    /// Fills the first `text.count` words with the positions of the suffixes, in order.
    func sort() {
        let count = self.count
        guard count > 1 else {
            if count == 1 { self.suffixes[0] = 0 }
            return
        }
        var storage = [Int32](repeating: 0, count: self.alphabet)
        unsafe storage.withUnsafeMutableBufferPointer { buffer in
            let buckets = unsafe WordView(buffer)
            let starts = self.placeUnsortedLeftmost(buckets)
            var names = starts.count
            if starts.count > 1 {
                self.sortSubstrings(buckets)
                names = self.nameSubstrings(starts.count)
            } else if starts.count == 1 {
                self.suffixes[starts.slot] = Int32(starts.last + 1)
            }
            if names < starts.count { self.sortNames(starts.count, names: names) }
            self.induce(starts.count, buckets)
        }
    }

    /// Entries looked ahead: what they point at is anywhere in memory.
    private static var distance: Int { 48 }
    /// So few buckets stay at hand.
    private static var fewSymbols: Int { 1 << 16 }

    /// Asks for what the entry at `index`, if there is one, will need.
    @inline(__always) private func prefetch(_ index: Int, after behind: Int, _ buckets: WordView) {
        guard index >= 0, index < self.count else { return }
        let entry = self.suffixes[index]
        if entry > 0 { self.text.prefetch(at: Int(entry) &- 1) }
        guard self.alphabet > Self.fewSymbols else { return }
        // Names are many, and so are their buckets.
        let near = self.suffixes[(index &+ behind) >> 1]
        if near > 0 { buckets.prefetch(at: Int(self.text.symbol(at: Int(near)))) }
    }

    // MARK: Buckets

    private func countSymbols(_ buckets: WordView) {
        buckets.fill(0..<self.alphabet, with: 0)
        for index in 0..<self.count { buckets[self.text.symbol(at: index)] &+= 1 }
    }

    private func findBucketStarts(_ buckets: WordView) {
        self.countSymbols(buckets)
        var sum: Int32 = 0
        for symbol in 0..<self.alphabet {
            let size = buckets[symbol]
            buckets[symbol] = sum
            sum &+= size
        }
    }

    private func findBucketEnds(_ buckets: WordView) {
        self.countSymbols(buckets)
        var sum: Int32 = 0
        for symbol in 0..<self.alphabet {
            sum &+= buckets[symbol]
            buckets[symbol] = sum
        }
    }

    // MARK: Stage 1, the substrings between leftmost S-type positions

    /// Calls `body` with each position before a leftmost S-type one, from the right.
    @inline(__always) private func forEachLeftmost(_ body: (_ before: Int, _ symbol: Int32) -> Void) {
        var index = self.count - 1
        var current = self.text.symbol(at: index)
        var next = current
        func skipDescending() {
            repeat {
                next = current
                index &-= 1
                if index < 0 { return }
                current = self.text.symbol(at: index)
            } while current >= next
        }
        skipDescending()
        while index >= 0 {
            repeat {
                next = current
                index &-= 1
                if index < 0 { return }
                current = self.text.symbol(at: index)
            } while current <= next
            body(index, next)
            skipDescending()
        }
    }

    private func placeUnsortedLeftmost(_ buckets: WordView) -> (count: Int, slot: Int, last: Int) {
        self.findBucketEnds(buckets)
        self.suffixes.fill(0..<self.count, with: 0)
        // Written one step late: the leftmost of all induces nothing and stays out.
        var count = 0
        var slot = -1
        var last = 0
        self.forEachLeftmost { before, symbol in
            if slot >= 0 { self.suffixes[slot] = Int32(truncatingIfNeeded: last) }
            let end = buckets[symbol] &- 1
            buckets[symbol] = end
            slot = Int(end)
            last = before
            count += 1
        }
        return (count, slot, last)
    }

    private func sortSubstrings(_ buckets: WordView) {
        let count = self.count
        let suffixes = self.suffixes
        let text = self.text
        self.findBucketStarts(buckets)
        let last = text.symbol(at: count - 1)
        suffixes[buckets[last]] = Int32(
            truncatingIfNeeded: text.symbol(at: count - 2) < last ? ~(count - 2) : count - 2)
        buckets[last] &+= 1
        for index in 0..<count {
            self.prefetch(index &+ Self.distance, after: index, buckets)
            let entry = suffixes[index]
            if entry > 0 {
                var position = Int(entry)
                let symbol = text.symbol(at: position)
                let target = buckets[symbol]
                buckets[symbol] = target &+ 1
                position &-= 1
                suffixes[target] = Int32(truncatingIfNeeded: text.symbol(at: position) < symbol ? ~position : position)
                suffixes[index] = 0
            } else if entry < 0 {
                suffixes[index] = ~entry
            }
        }
        self.findBucketEnds(buckets)
        var index = count - 1
        while index >= 0 {
            self.prefetch(index &- Self.distance, after: index, buckets)
            let entry = suffixes[index]
            if entry > 0 {
                var position = Int(entry)
                let symbol = text.symbol(at: position)
                let target = buckets[symbol] &- 1
                buckets[symbol] = target
                position &-= 1
                suffixes[target] = Int32(
                    truncatingIfNeeded: text.symbol(at: position) > symbol ? ~(position &+ 1) : position)
                suffixes[index] = 0
            }
            index &-= 1
        }
    }

    /// Gathers the sorted substrings in front and numbers them by content.
    ///
    /// - Returns: how many differ.
    private func nameSubstrings(_ substrings: Int) -> Int {
        let suffixes = self.suffixes
        let text = self.text
        var index = 0
        while suffixes[index] < 0 {
            suffixes[index] = ~suffixes[index]
            index += 1
        }
        if index < substrings {
            var gathered = index
            index += 1
            while gathered < substrings {
                let entry = suffixes[index]
                if entry < 0 {
                    suffixes[gathered] = ~entry
                    gathered += 1
                    suffixes[index] = 0
                }
                index += 1
            }
        }
        var end = self.count - 1
        self.forEachLeftmost { before, _ in
            suffixes[substrings + (before + 1) >> 1] = Int32(truncatingIfNeeded: end - before)
            end = before + 1
        }
        var names: Int32 = 0
        var previous = self.count
        var previousLength = 0
        for rank in 0..<substrings {
            let ahead = Int(suffixes[min(rank &+ Self.distance, substrings &- 1)])
            text.prefetch(at: ahead)
            suffixes.prefetch(at: substrings &+ ahead >> 1)
            let position = Int(suffixes[rank])
            let length = Int(suffixes[substrings + position >> 1])
            var differs = true
            if length == previousLength, previous + length < self.count {
                var offset = 0
                while offset < length, text.symbol(at: position + offset) == text.symbol(at: previous + offset) {
                    offset += 1
                }
                differs = offset < length
            }
            if differs {
                names += 1
                previous = position
                previousLength = length
            }
            suffixes[substrings + position >> 1] = names
        }
        return Int(names)
    }

    // MARK: Stage 2, the shorter problem

    private func sortNames(_ substrings: Int, names: Int) {
        let suffixes = self.suffixes
        let room = suffixes.count
        let shorter = suffixes.part(room - substrings..<room)
        var target = substrings - 1
        var index = substrings + self.count >> 1 - 1
        while index >= substrings {
            if suffixes[index] != 0 {
                shorter[target] = suffixes[index] - 1
                target -= 1
            }
            index -= 1
        }
        SuffixSorting<WordView>(text: shorter, suffixes: suffixes.part(0..<room - substrings), alphabet: names).sort()
        target = substrings - 1
        self.forEachLeftmost { before, _ in
            shorter[target] = Int32(truncatingIfNeeded: before + 1)
            target -= 1
        }
        for rank in 0..<substrings {
            shorter.prefetch(at: Int(suffixes[min(rank &+ Self.distance, substrings &- 1)]))
            suffixes[rank] = shorter[suffixes[rank]]
        }
    }

    // MARK: Stage 3, all suffixes from the sorted few

    private func induce(_ substrings: Int, _ buckets: WordView) {
        let count = self.count
        let suffixes = self.suffixes
        let text = self.text
        self.findBucketEnds(buckets)
        if substrings > 1 {
            var rank = substrings - 1
            var target = count
            var position = suffixes[rank]
            var symbol = text.symbol(at: Int(position))
            repeat {
                let bucket = symbol
                let end = Int(buckets[bucket])
                while end < target {
                    target -= 1
                    suffixes[target] = 0
                }
                repeat {
                    target -= 1
                    suffixes[target] = position
                    rank -= 1
                    if rank < 0 { break }
                    position = suffixes[rank]
                    symbol = text.symbol(at: Int(position))
                } while symbol == bucket
            } while rank >= 0
            while target > 0 {
                target -= 1
                suffixes[target] = 0
            }
        }
        self.findBucketStarts(buckets)
        let last = text.symbol(at: count - 1)
        suffixes[buckets[last]] = Int32(
            truncatingIfNeeded: text.symbol(at: count - 2) < last ? ~(count - 1) : count - 1)
        buckets[last] &+= 1
        for index in 0..<count {
            self.prefetch(index &+ Self.distance, after: index, buckets)
            let entry = suffixes[index]
            suffixes[index] = ~entry
            if entry > 0 {
                let position = Int(entry) &- 1
                let symbol = text.symbol(at: position)
                let target = buckets[symbol]
                buckets[symbol] = target &+ 1
                let marked = position > 0 && text.symbol(at: position &- 1) < symbol
                suffixes[target] = Int32(truncatingIfNeeded: marked ? ~position : position)
            }
        }
        self.findBucketEnds(buckets)
        var index = count - 1
        while index >= 0 {
            self.prefetch(index &- Self.distance, after: index, buckets)
            let entry = suffixes[index]
            if entry > 0 {
                let position = Int(entry) &- 1
                let symbol = text.symbol(at: position)
                let target = buckets[symbol] &- 1
                buckets[symbol] = target
                let marked = position == 0 || text.symbol(at: position &- 1) > symbol
                suffixes[target] = Int32(truncatingIfNeeded: marked ? ~position : position)
            } else {
                suffixes[index] = ~entry
            }
            index &-= 1
        }
    }
}
