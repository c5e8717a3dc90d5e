import CoreMetrics
import Telemetry
import Testing

@Suite("PrometheusRegistry")
struct PrometheusRegistryTests {
    @Test("renders counters, gauges and histograms in the text format 0.0.4, ordered by name and labels")
    func rendering() {
        let registry = PrometheusRegistry(seriesLimit: 10, help: ["job_attempts_total": "Attempts ended, by outcome."])
        registry.makeCounter(label: "job_attempts_total", dimensions: [("outcome", "failed"), ("kind", "scan")])
            .increment(by: 2)
        registry.makeCounter(label: "job_attempts_total", dimensions: [("kind", "scan"), ("outcome", "completed")])
            .increment(by: 40)
        registry.makeMeter(label: "workers.busy", dimensions: []).set(Int64(3))
        registry.makeRecorder(label: "queue_depth", dimensions: [], aggregate: false).record(Int64(7))
        registry.makeFloatingPointCounter(label: "cpu_seconds", dimensions: []).increment(by: 0.25)
        let batch = registry.makeRecorder(label: "batch", dimensions: [], aggregate: true)
        for value in [1, 3, 3, 2_000_000, .nan, .infinity] { batch.record(value) }
        #expect(
            registry.render() == """
                # TYPE batch histogram
                batch_bucket{le="1"} 1
                batch_bucket{le="2"} 1
                batch_bucket{le="5"} 3
                batch_bucket{le="10"} 3
                batch_bucket{le="20"} 3
                batch_bucket{le="50"} 3
                batch_bucket{le="100"} 3
                batch_bucket{le="200"} 3
                batch_bucket{le="500"} 3
                batch_bucket{le="1000"} 3
                batch_bucket{le="10000"} 3
                batch_bucket{le="100000"} 3
                batch_bucket{le="1000000"} 3
                batch_bucket{le="+Inf"} 4
                batch_sum 2000007
                batch_count 4
                # TYPE cpu_seconds_total counter
                cpu_seconds_total 0.25
                # HELP job_attempts_total Attempts ended, by outcome.
                # TYPE job_attempts_total counter
                job_attempts_total{kind="scan",outcome="completed"} 40
                job_attempts_total{kind="scan",outcome="failed"} 2
                # TYPE queue_depth gauge
                queue_depth 7
                # HELP telemetry_overflowed_series_total Requests for series beyond the limit of their metric.
                # TYPE telemetry_overflowed_series_total counter
                telemetry_overflowed_series_total 0
                # HELP telemetry_refused_series_total Requests for series of another kind than their metric.
                # TYPE telemetry_refused_series_total counter
                telemetry_refused_series_total 0
                # TYPE workers_busy gauge
                workers_busy 3

                """)
    }

    @Test("timers are histograms in seconds")
    func timers() {
        let registry = PrometheusRegistry(seriesLimit: 10)
        let timer = registry.makeTimer(label: "http.request.duration", dimensions: [("method", "GET")])
        timer.recordNanoseconds(1_000_000)
        timer.recordNanoseconds(1_000_001)
        timer.recordNanoseconds(7_200_000_000_000)
        let text = registry.render()
        #expect(text.contains("# TYPE http_request_duration_seconds histogram\n"))
        #expect(text.contains("http_request_duration_seconds_bucket{method=\"GET\",le=\"0.001\"} 1\n"))
        #expect(text.contains("http_request_duration_seconds_bucket{method=\"GET\",le=\"0.0025\"} 2\n"))
        #expect(text.contains("http_request_duration_seconds_bucket{method=\"GET\",le=\"3600\"} 2\n"))
        #expect(text.contains("http_request_duration_seconds_bucket{method=\"GET\",le=\"+Inf\"} 3\n"))
        #expect(text.contains("http_request_duration_seconds_count{method=\"GET\"} 3\n"))
        registry.makeTimer(label: "lease_seconds", dimensions: []).recordNanoseconds(500_000_000)
        #expect(registry.render().contains("lease_seconds_sum 0.5\n"))
    }

    @Test("recorders named in bytes get buckets of bytes")
    func bytes() {
        let registry = PrometheusRegistry(seriesLimit: 10)
        registry.makeRecorder(label: "chunk_bytes", dimensions: [], aggregate: true).record(Int64(65_536))
        let text = registry.render()
        #expect(text.contains("chunk_bytes_bucket{le=\"16384\"} 0\n"))
        #expect(text.contains("chunk_bytes_bucket{le=\"65536\"} 1\n"))
        #expect(text.contains("chunk_bytes_bucket{le=\"274877906944\"} 1\n"))
    }

    @Test("label values are escaped, and names made valid")
    func escaping() {
        let registry = PrometheusRegistry(seriesLimit: 10, help: ["a_b_total": "one\\two\nthree"])
        registry.makeCounter(
            label: "a.b",
            dimensions: [("path", "C:\\x\n\"y\"é"), ("my-label", "1"), ("le", "2"), ("__x", "3"), ("4", "5")]
        ).increment(by: 1)
        let text = registry.render()
        #expect(text.contains("# HELP a_b_total one\\\\two\\nthree\n"))
        #expect(
            text.contains(
                #"a_b_total{_4="5",exported___x="3",exported_le="2",my_label="1",path="C:\\x\n\"y\"é"} 1"# + "\n"))
        registry.makeMeter(label: "9 lives/ü", dimensions: [("", "")]).set(1.5)
        #expect(registry.render().contains("\n_9_lives__{_=\"\"} 1.5\n"))
    }

    @Test("the same name and labels are the same series, whatever the order")
    func sharing() {
        let registry = PrometheusRegistry(seriesLimit: 10)
        let first = registry.makeCounter(label: "x", dimensions: [("a", "1"), ("b", "2")])
        let second = registry.makeCounter(label: "x_total", dimensions: [("b", "2"), ("a", "1")])
        first.increment(by: 1)
        second.increment(by: 2)
        registry.makeFloatingPointCounter(label: "x", dimensions: [("a", "1"), ("b", "2")]).increment(by: 0.5)
        #expect(registry.render().contains("x_total{a=\"1\",b=\"2\"} 3.5\n"))
        registry.destroyCounter(first)
        #expect(registry.render().contains("x_total{a=\"1\",b=\"2\"} 3.5\n"))
        second.reset()
        #expect(registry.render().contains("x_total{a=\"1\",b=\"2\"} 0\n"))
    }

    @Test("label sets beyond the limit share one series and are counted")
    func overflow() {
        let registry = PrometheusRegistry(seriesLimit: 3)
        for index in 0..<10 { registry.makeCounter(label: "x", dimensions: [("id", "\(index)")]).increment(by: 1) }
        registry.makeCounter(label: "x", dimensions: [("id", "1")]).increment(by: 1)
        let lines = registry.render().split(separator: "\n").filter { $0.hasPrefix("x_total") }
        #expect(
            lines == [
                "x_total{id=\"0\"} 1", "x_total{id=\"1\"} 2", "x_total{id=\"2\"} 1", "x_total{overflow=\"true\"} 7",
            ])
        #expect(registry.render().contains("\ntelemetry_overflowed_series_total 7\n"))
    }

    @Test("a name asked for as another kind is not shown, and counted")
    func refusal() {
        let registry = PrometheusRegistry(seriesLimit: 3)
        registry.makeMeter(label: "x", dimensions: []).set(1.0)
        registry.makeRecorder(label: "x", dimensions: [], aggregate: true).record(5.0)
        let text = registry.render()
        #expect(text.contains("# TYPE x gauge\nx 1\n"))
        #expect(!text.contains("x_bucket"))
        #expect(text.contains("\ntelemetry_refused_series_total 1\n"))
    }

    @Test("numbers are written as Prometheus reads them, and no counter goes down")
    func numbers() {
        let registry = PrometheusRegistry(seriesLimit: 3)
        let meter = registry.makeMeter(label: "x", dimensions: [])
        for (value, text) in [
            (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e300, "1e+300"), (-0.5, "-0.5"),
            (123_456_789, "123456789"), (1e-7, "1e-07"),
        ] {
            meter.set(value)
            #expect(registry.render().contains("\nx \(text)\n"))
        }
        meter.set(5.0)
        meter.increment(by: 2)
        meter.decrement(by: 0.5)
        #expect(registry.render().contains("\nx 6.5\n"))

        let counter = registry.makeCounter(label: "c", dimensions: [])
        counter.increment(by: .max - 1)
        #expect(registry.render().contains("c_total 9223372036854775806\n"))
        counter.increment(by: -5)
        counter.increment(by: 100)
        #expect(registry.render().contains("c_total 9223372036854775807\n"))
        let fractional = registry.makeFloatingPointCounter(label: "f", dimensions: [])
        for amount in [1.5, -1, .nan, .infinity] { fractional.increment(by: amount) }
        #expect(registry.render().contains("f_total 1.5\n"))
    }

    @Test("nothing is lost when many tasks count and render at once")
    func concurrent() async {
        let registry = PrometheusRegistry(seriesLimit: 100)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<500 {
                        registry.makeCounter(label: "x", dimensions: [("i", "\(index % 5)")]).increment(by: 1)
                        registry.makeTimer(label: "t", dimensions: []).recordNanoseconds(1_000_000_000)
                        if index % 100 == task { _ = registry.render() }
                    }
                }
            }
        }
        let text = registry.render()
        for index in 0..<5 { #expect(text.contains("x_total{i=\"\(index)\"} 800\n")) }
        #expect(text.contains("t_seconds_count 4000\n"))
        #expect(text.contains("t_seconds_sum 4000\n"))
    }
}
