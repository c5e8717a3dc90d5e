import JobLifecycle
import Metrics

/// What ended in one pool since it was last asked: sums by kind, for the table and the metrics.
struct PoolStatistics: Sendable {
    /// One kind's sums.
    struct Counts: Sendable {
        var completed = 0
        var retried = 0
        var discarded = 0
        var other = 0
        var waited = Histogram()
        var ran = Histogram()
    }

    private(set) var kinds: [JobKind: Counts] = [:]
    private var meters: [JobKind: [AttemptRunner.End: Meters]] = [:]

    private struct Meters {
        let attempts: Counter
        let duration: Timer

        init(_ kind: JobKind, _ end: AttemptRunner.End) {
            let labels = [("kind", kind.rawValue), ("outcome", end.rawValue)]
            self.attempts = Counter(label: "slipway_job_attempts_total", dimensions: labels)
            self.duration = Timer(label: "slipway_job_duration_seconds", dimensions: labels)
        }
    }

    mutating func count(_ job: LeasedJob, _ end: AttemptRunner.End, took: Duration) {
        var counts = self.kinds[job.kind] ?? Counts()
        switch end {
        case .completed: counts.completed += 1
        case .retried: counts.retried += 1
        case .discarded: counts.discarded += 1
        case .snoozed, .released, .cancelled, .fenced, .unrecorded: counts.other += 1
        }
        if job.attempt == 1 { counts.waited.add(job.age) }
        counts.ran.add(took)
        self.kinds[job.kind] = counts
        let meters = self.meters[job.kind]?[end] ?? Meters(job.kind, end)
        self.meters[job.kind, default: [:]][end] = meters
        meters.attempts.increment()
        meters.duration.record(duration: took)
    }

    mutating func take() -> [JobKind: Counts] {
        defer { self.kinds = [:] }
        return self.kinds
    }
}
