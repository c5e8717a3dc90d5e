import Delta

/// The old bytes that covers use, joined where they are near, and the covers told by them alone.
struct UsedRanges {
    let ranges: [Range<Int>]
    let covers: [Cover]

    /// - Returns: nil when no way of joining keeps within ``PatchLimits``.
    init?(_ covers: [Cover]) {
        let sorted = covers.map { $0.oldStart..<$0.oldEnd }.sorted { $0.lowerBound < $1.lowerBound }
        for gap in [1 << 14, 1 << 12, 1 << 16, 1 << 10, 1 << 20, 1 << 8] {
            let ranges = Self.joined(sorted, gap: gap)
            guard ranges.count <= PatchLimits.extents / 2,
                ranges.reduce(0, { $0 + $1.count }) <= PatchLimits.input
            else { continue }
            self.ranges = ranges
            self.covers = Self.moved(covers, to: ranges)
            return
        }
        return nil
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

    private static func moved(_ covers: [Cover], to ranges: [Range<Int>]) -> [Cover] {
        var starts: [Int] = []
        var start = 0
        for range in ranges {
            starts.append(start)
            start += range.count
        }
        return covers.map { cover in
            var low = 0
            var high = ranges.count
            while high - low > 1 {
                let middle = (low + high) / 2
                if ranges[middle].lowerBound <= cover.oldStart { low = middle } else { high = middle }
            }
            return Cover(
                newStart: cover.newStart, oldStart: starts[low] + cover.oldStart - ranges[low].lowerBound,
                length: cover.length)
        }
    }
}
