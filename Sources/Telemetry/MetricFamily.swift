/// All series of one name, which are of one kind.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    enum Series: Sendable {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)
    }

    let kind: Kind
    private(set) var series: [LabelSet: Series] = [:]

    init(_ kind: Kind) { self.kind = kind }

    /// The series with these labels, made when there is none yet.
    ///
    /// - Parameter limit: label sets to keep apart; those beyond it share the overflow's series.
    /// - Returns: the series and whether it is the overflow's.
    mutating func series(_ labels: LabelSet, limit: Int, _ make: () -> Series) -> (series: Series, isOverflow: Bool) {
        if let series = self.series[labels] { return (series, false) }
        guard self.series.count < limit else {
            if let series = self.series[.overflow] { return (series, true) }
            let series = make()
            self.series[.overflow] = series
            return (series, true)
        }
        let series = make()
        self.series[labels] = series
        return (series, false)
    }
}
