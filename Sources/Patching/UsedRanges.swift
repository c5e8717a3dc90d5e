import Delta

/// The old bytes that are used, joined where they are near, and the covers told by them alone.
struct UsedRanges {
    let ranges: [Range<Int>]
    let covers: [Cover]

    /// Where each range begins once they are side by side.
    private let starts: [Int]

    /// - Parameters:
    ///   - others: old ranges that are used beside those of `covers`.
    ///   - whole: old ranges that are used whole if at all; ascending and apart.
    /// - Returns: nil when no way of joining keeps within ``PatchLimits``.
    init?(_ covers: [Cover], and others: [Range<Int>] = [], whole: [Range<Int>] = []) {
        let sorted = (covers.map { Self.widened($0.oldStart..<$0.oldEnd, whole) } + others)
            .sorted { $0.lowerBound < $1.lowerBound }
        for gap in [1 << 14, 1 << 12, 1 << 16, 1 << 10, 1 << 20, 1 << 8] {
            // A gap that is filled reaches from one end of what is whole to another.
            let ranges = Self.joined(sorted, gap: gap)
            guard ranges.count <= PatchLimits.extents / 2,
                ranges.reduce(0, { $0 + $1.count }) <= PatchLimits.input
            else { continue }
            var starts: [Int] = []
            var start = 0
            for range in ranges {
                starts.append(start)
                start += range.count
            }
            self.ranges = ranges
            self.starts = starts
            self.covers = covers.map { cover in
                Cover(
                    newStart: cover.newStart, oldStart: Self.position(of: cover.oldStart, ranges, starts),
                    length: cover.length)
            }
            return
        }
        return nil
    }

    var length: Int { self.ranges.reduce(0) { $0 + $1.count } }

    /// The used ones of `old`, side by side.
    func bytes(of old: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.length)
        for range in self.ranges { bytes.append(contentsOf: old[range]) }
        return bytes
    }

    /// Where an old byte stands among the used ones, side by side.
    func position(of old: Int) -> Int { Self.position(of: old, self.ranges, self.starts) }

    /// Where some of the used bytes, side by side, stand among the old ones.
    func ranges(of used: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var place = Self.last(of: self.starts, atMost: used.lowerBound) ?? 0
        while place < self.ranges.count, self.starts[place] < used.upperBound {
            let start = self.starts[place]
            let range = self.ranges[place]
            let lower = max(used.lowerBound, start)
            let upper = min(used.upperBound, start + range.count)
            if lower < upper { found.append(range.lowerBound + lower - start..<range.lowerBound + upper - start) }
            place += 1
        }
        return found
    }

    private static func position(of old: Int, _ ranges: [Range<Int>], _ starts: [Int]) -> Int {
        let place = self.last(of: ranges, atMost: old) ?? 0
        return starts[place] + old - ranges[place].lowerBound
    }

    /// The range with all of those in `whole` that it touches.
    private static func widened(_ range: Range<Int>, _ whole: [Range<Int>]) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        if let place = self.last(of: whole, atMost: lower), whole[place].upperBound > lower {
            lower = whole[place].lowerBound
        }
        if let place = self.last(of: whole, atMost: upper - 1) {
            upper = max(upper, whole[place].upperBound)
        }
        return lower..<upper
    }

    private static func last(of positions: [Int], atMost position: Int) -> Int? {
        self.last(positions.count) { positions[$0] <= position }
    }

    private static func last(of ranges: [Range<Int>], atMost position: Int) -> Int? {
        self.last(ranges.count) { ranges[$0].lowerBound <= position }
    }

    /// The last of `count` places for which `holds`, which it does for none behind one for which it does not.
    @inline(__always) private static func last(_ count: Int, _ holds: (Int) -> Bool) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    private static func joined(_ sorted: [Range<Int>], gap: Int) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for range in sorted {
            if let last = joined.last, range.lowerBound - last.upperBound <= gap {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}
