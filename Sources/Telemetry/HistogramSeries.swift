import CoreMetrics
import Synchronization

/// One series that counts values by size.
final class HistogramSeries: RecorderHandler, TimerHandler {
    struct Snapshot: Sendable {
        /// Values in each bucket alone, the one without a bound last.
        var counts: [UInt64]
        var sum = 0.0
    }

    let buckets: HistogramBuckets
    private let state: Mutex<Snapshot>

    init(_ buckets: HistogramBuckets) {
        self.buckets = buckets
        self.state = Mutex(Snapshot(counts: [UInt64](repeating: 0, count: buckets.bounds.count + 1)))
    }

    func record(_ value: Int64) { self.record(Double(value)) }

    /// Ignores what is infinite or no number, which would spoil the sum for good.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = self.buckets.bounds.firstIndex { value <= $0 } ?? self.buckets.bounds.count
        self.state.withLock { state in
            state.counts[bucket] &+= 1
            state.sum += value
        }
    }

    /// Kept in seconds, Prometheus' unit of time.
    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1e9) }

    var snapshot: Snapshot { self.state.withLock { $0 } }
}
