/// Writes metrics in Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
enum PrometheusText {
    /// One metric with all its series.
    static func family(_ name: String, _ family: MetricFamily, help: String?) -> String {
        var lines: [String] = []
        if let help { lines.append("# HELP \(name) \(self.escapedHelp(help))") }
        lines.append("# TYPE \(name) \(family.kind.rawValue)")
        for (labels, series) in family.series.sorted(by: { $0.key.precedes($1.key) }) {
            switch series {
            case .counter(let counter): lines.append("\(name)\(labels.text()) \(counter.text)")
            case .gauge(let gauge): lines.append("\(name)\(labels.text()) \(gauge.text)")
            case .histogram(let histogram): lines += self.lines(name, labels, histogram)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A number as Go's `ParseFloat` reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Whole numbers below 2^53 without a point, as people write them.
        return value.magnitude < 9_007_199_254_740_992 && value == value.rounded() ? "\(Int64(value))" : "\(value)"
    }

    private static func lines(_ name: String, _ labels: LabelSet, _ histogram: HistogramSeries) -> [String] {
        let snapshot = histogram.snapshot
        let bounds = histogram.buckets.bounds.map(self.number) + ["+Inf"]
        var lines: [String] = []
        var count: UInt64 = 0
        for (bound, values) in zip(bounds, snapshot.counts) {
            count &+= values
            lines.append("\(name)_bucket\(labels.text(with: LabelSet.Pair(name: "le", value: bound))) \(count)")
        }
        lines.append("\(name)_sum\(labels.text()) \(self.number(snapshot.sum))")
        lines.append("\(name)_count\(labels.text()) \(count)")
        return lines
    }

    private static func escapedHelp(_ help: String) -> String {
        help.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }
}
