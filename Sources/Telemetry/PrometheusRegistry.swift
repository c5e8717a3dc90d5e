public import CoreMetrics
import Synchronization

/// Keeps this process's metrics and renders them for Prometheus.
///
/// Give it to `MetricsSystem.bootstrap` once, and its ``render()`` to `GET /metrics`. A name and label set
/// asked for twice is the same series. Counters get the suffix `_total` and timers `_seconds` unless their names end so;
/// recorders become histograms whose buckets follow from the unit in the name (`_seconds`, `_bytes`).
///
/// Bounded: a name keeps at most ``seriesLimit`` label sets; further ones share a series labelled
/// `overflow="true"`, and `telemetry_overflowed_series_total` counts them. A name asked for as another kind than before
/// gets a series that works but is not shown, counted by `telemetry_refused_series_total`.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// What ``render()`` gives, for the `Content-Type` header.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public let seriesLimit: Int
    private let help: [String: String]
    private let families = Mutex<[String: MetricFamily]>([:])
    private let overflowed = CounterSeries()
    private let refused = CounterSeries()

    /// - Parameters:
    ///   - seriesLimit: label sets a name may have, at least 1.
    ///   - help: one line for a person about each metric, by its rendered name.
    public init(seriesLimit: Int = 1000, help: [String: String] = [:]) {
        precondition(seriesLimit >= 1, "a metric has a series at least")
        self.seriesLimit = seriesLimit
        self.help = help.merging([
            "telemetry_overflowed_series_total": "Requests for series beyond the limit of their metric.",
            "telemetry_refused_series_total": "Requests for series of another kind than their metric.",
        ]) { own, _ in own }
    }

    /// All metrics in the text format 0.0.4, in the order of their names and labels.
    ///
    /// Each series is read at one moment, but not all at the same.
    public func render() -> String {
        var families = self.families.withLock { $0 }
        for (name, counter) in [
            ("telemetry_overflowed_series_total", self.overflowed), ("telemetry_refused_series_total", self.refused),
        ] {
            var family = MetricFamily(.counter)
            _ = family.series(LabelSet([]), limit: 1) { .counter(counter) }
            families[name] = family
        }
        return families.sorted { $0.key < $1.key }
            .map { PrometheusText.family($0.key, $0.value, help: self.help[$0.key]) }
            .joined()
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.counter(label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.counter(label, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.gauge(label, dimensions)
    }

    /// - Parameter aggregate: false makes a gauge of the last value, as swift-metrics asks.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? self.histogram(PrometheusName.metric(label), dimensions) : self.gauge(label, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.histogram(PrometheusName.metric(label, suffix: "_seconds"), dimensions)
    }

    // Series outlive the objects that count on them: others may hold the same one, and a counter that vanishes and
    // comes back would look to Prometheus like a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}

extension PrometheusRegistry {
    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let name = PrometheusName.metric(label, suffix: "_total")
        let series = self.series(name, .counter, dimensions) { .counter(CounterSeries()) }
        guard case .counter(let counter)? = series else { return CounterSeries() }
        return counter
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let series = self.series(PrometheusName.metric(label), .gauge, dimensions) { .gauge(GaugeSeries()) }
        guard case .gauge(let gauge)? = series else { return GaugeSeries() }
        return gauge
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        let buckets = HistogramBuckets.suited(to: name)
        let series = self.series(name, .histogram, dimensions) { .histogram(HistogramSeries(buckets)) }
        guard case .histogram(let histogram)? = series else { return HistogramSeries(buckets) }
        return histogram
    }

    /// - Returns: nil when the name belongs to another kind.
    private func series(
        _ name: String, _ kind: MetricFamily.Kind, _ dimensions: [(String, String)], _ make: () -> MetricFamily.Series
    ) -> MetricFamily.Series? {
        let labels = LabelSet(dimensions)
        let found = self.families.withLock { families -> (series: MetricFamily.Series, isOverflow: Bool)? in
            guard families[name, default: MetricFamily(kind)].kind == kind else { return nil }
            return families[name, default: MetricFamily(kind)].series(labels, limit: self.seriesLimit, make)
        }
        guard let found else {
            self.refused.increment(by: Int64(1))
            return nil
        }
        if found.isOverflow { self.overflowed.increment(by: Int64(1)) }
        return found.series
    }
}
