/// Counts durations by powers of two of a millisecond: below 1, below 2, below 4 … and 2^22 ms (70 minutes) or more.
public struct Histogram: Equatable, Sendable {
    public static let buckets = 24

    /// ``buckets`` numbers.
    public private(set) var counts: [Int]

    public init() { self.counts = Array(repeating: 0, count: Self.buckets) }

    /// - Parameter counts: shorter lists are filled with zeros, longer ones have their rest counted in the last bucket.
    public init(counts: [Int]) {
        self.init()
        for (index, count) in counts.enumerated() { self.counts[min(index, Self.buckets - 1)] += count }
    }

    public var total: Int { self.counts.reduce(0, +) }

    public mutating func add(_ duration: Duration, times: Int = 1) {
        let milliseconds = max(0, duration.wholeMilliseconds)
        self.counts[min(Int64.bitWidth - milliseconds.leadingZeroBitCount, Self.buckets - 1)] += times
    }

    public static func + (left: Histogram, right: Histogram) -> Histogram {
        Histogram(counts: zip(left.counts, right.counts).map(+))
    }

    /// A bound that the share of the durations stays below; nil when there are none. As coarse as the buckets.
    ///
    /// - Parameter share: 0 to 1; 0.5 is the median.
    public func quantile(_ share: Double) -> Duration? {
        let total = self.total
        guard total > 0 else { return nil }
        let wanted = max(1, Int((share * Double(total)).rounded(.up)))
        var seen = 0
        for (index, count) in self.counts.enumerated() {
            seen += count
            if seen >= wanted { return .milliseconds(Int64(1) << index) }
        }
        return .milliseconds(Int64(1) << (Self.buckets - 1))
    }
}
