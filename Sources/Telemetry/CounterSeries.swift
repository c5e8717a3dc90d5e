import CoreMetrics
import Synchronization

/// One series that only goes up, but for a reset.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    /// Whole amounts are kept apart so that they stay exact beyond 2^53.
    private struct Sum {
        var whole: Int64 = 0
        var fractional: Double = 0
    }

    private let sum = Mutex(Sum())

    /// Ignores negative amounts; stays at the largest number rather than starting over.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        self.sum.withLock { sum in
            let (total, hasOverflown) = sum.whole.addingReportingOverflow(amount)
            sum.whole = hasOverflown ? .max : total
        }
    }

    /// Ignores amounts that are negative, infinite or no number.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.sum.withLock { $0.fractional += amount }
    }

    func reset() { self.sum.withLock { $0 = Sum() } }

    var text: String {
        let sum = self.sum.withLock { $0 }
        return sum.fractional == 0 ? "\(sum.whole)" : PrometheusText.number(Double(sum.whole) + sum.fractional)
    }
}
