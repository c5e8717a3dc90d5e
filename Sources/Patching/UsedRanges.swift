import Delta

/// The old bytes that covers and old streams use, joined where they are near, and the covers told by them alone.
struct UsedRanges {
    let ranges: [Range<Int>]
    let covers: [Cover]

    /// Where each range begins once they are side by side.
    private let starts: [Int]

    /// - Parameter others: old ranges that are used beside those of `covers`.
    /// - Returns: nil when no way of joining keeps within ``PatchLimits``.
    init?(_ covers: [Cover], and others: [Range<Int>] = []) {
        let sorted = (covers.map { $0.oldStart..<$0.oldEnd } + others).sorted { $0.lowerBound < $1.lowerBound }
        for gap in [1 << 14, 1 << 12, 1 << 16, 1 << 10, 1 << 20, 1 << 8] {
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

    /// The used ones of `old`, side by side.
    func bytes(of old: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.ranges.reduce(0) { $0 + $1.count })
        for range in self.ranges { bytes.append(contentsOf: old[range]) }
        return bytes
    }

    /// Where an old byte stands among the used ones, side by side.
    func position(of old: Int) -> Int { Self.position(of: old, self.ranges, self.starts) }

    private static func position(of old: Int, _ ranges: [Range<Int>], _ starts: [Int]) -> Int {
        var low = 0
        var high = ranges.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= old { low = middle } else { high = middle }
        }
        return starts[low] + old - ranges[low].lowerBound
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
