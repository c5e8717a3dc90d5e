/// The old bytes worth having in memory to match one run of new ones, chosen from what a ``SeedIndex`` found.
public enum SeedWindows {
    /// Ranges of old positions: ascending, not overlapping, `limit` bytes together at most.
    ///
    /// - Parameters:
    ///   - runs: of one run of new bytes.
    ///   - length: old bytes there are.
    public static func ranges(for runs: [SeedRun], length: Int64, limit: Int) -> [Range<Int64>] {
        for (margin, samples) in [(1 << 16, 1), (1 << 14, 1), (1 << 14, 2), (1 << 12, 2), (1 << 12, 3), (1 << 10, 4)] {
            let ranges = self.joined(runs, length: length, margin: Int64(margin), samples: samples)
            if ranges.reduce(Int64(0), { $0 + Int64($1.count) }) <= Int64(limit) { return ranges }
        }
        // The runs with most samples, as many as there is room for.
        var chosen: [SeedRun] = []
        var room = limit
        for run in runs.sorted(by: { ($1.samples, $0.newStart) < ($0.samples, $1.newStart) }) {
            let needed = run.newEnd - run.newStart + 2 << 10
            guard needed <= room else { continue }
            room -= needed
            chosen.append(run)
        }
        return self.joined(chosen, length: length, margin: 1 << 10, samples: 1)
    }

    private static func joined(
        _ runs: [SeedRun], length: Int64, margin: Int64, samples: Int
    ) -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        for run in runs where run.samples >= samples {
            // One sample alone may be chance.
            let margin = run.samples == 1 ? min(margin, 1 << 16) : margin
            let lower = max(0, Int64(run.newStart) + run.displacement - margin)
            let upper = min(length, Int64(run.newEnd) + run.displacement + margin)
            if lower < upper { ranges.append(lower..<upper) }
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var joined: [Range<Int64>] = []
        for range in ranges {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}
