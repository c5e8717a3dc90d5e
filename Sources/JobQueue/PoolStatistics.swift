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

    /// Counts attempts that ended; those of one kind that follow each other are counted at once.
    mutating func count(_ ended: [Ended]) {
        var rest = ended[...]
        while let first = rest.first {
            let (kind, end) = (first.entry.job.kind, first.end)
            let alike = rest.prefix { $0.entry.job.kind == kind && $0.end == end }
            rest = rest.dropFirst(alike.count)
            self.count(alike, kind, end)
        }
    }

    private mutating func count(_ alike: ArraySlice<Ended>, _ kind: JobKind, _ end: AttemptRunner.End) {
        var counts = self.kinds.removeValue(forKey: kind) ?? Counts()
        let meters = self.meters[kind]?[end] ?? Meters(kind, end)
        self.meters[kind, default: [:]][end] = meters
        switch end {
        case .completed: counts.completed += alike.count
        case .retried: counts.retried += alike.count
        case .discarded: counts.discarded += alike.count
        case .snoozed, .released, .cancelled, .fenced, .unrecorded: counts.other += alike.count
        }
        for one in alike {
            if one.entry.job.attempt == 1 { counts.waited.add(one.entry.job.age) }
            counts.ran.add(one.took)
            meters.duration.record(duration: one.took)
        }
        meters.attempts.increment(by: alike.count)
        self.kinds[kind] = counts
    }

    mutating func take() -> [JobKind: Counts] {
        defer { self.kinds = [:] }
        return self.kinds
    }
}
