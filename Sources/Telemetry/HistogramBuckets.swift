/// The upper bounds of a histogram's buckets, ascending; one without a bound follows them.
///
/// Fixed by what is measured, so that histograms of the same kind can be added up across processes and releases.
public struct HistogramBuckets: Hashable, Sendable {
    public let bounds: [Double]

    /// - Parameter bounds: finite, ascending, at least one.
    public init(bounds: [Double]) {
        precondition(!bounds.isEmpty && bounds.allSatisfy(\.isFinite), "buckets have finite bounds")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "buckets ascend")
        self.bounds = bounds
    }

    /// From a millisecond, the time of a query, to an hour, the time of a large build's stage.
    public static let seconds = HistogramBuckets(bounds: [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600,
    ])

    /// From 1 KiB to 256 GiB, each four times the one before.
    public static let bytes = HistogramBuckets(bounds: (5...19).map { Double(1 << (2 * $0)) })

    /// Counts, from 1 to a million.
    public static let counts = HistogramBuckets(bounds: [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000, 1_000_000,
    ])

    /// Chosen by the unit a metric's name ends with.
    static func suited(to name: String) -> HistogramBuckets {
        if name.hasSuffix("_seconds") { return .seconds }
        return name.hasSuffix("_bytes") ? .bytes : .counts
    }
}
