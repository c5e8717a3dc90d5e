import JobLifecycle
import JobQueue
import Storefront

/// What ended, and how long it took, as JSON.
enum StatisticsJSON {
    static func kind(_ statistics: KindStatistics) -> JSONValue {
        [
            "queue": .string(statistics.queue.rawValue), "kind": .string(statistics.kind.rawValue),
            "window_ms": .milliseconds(statistics.span), "completed": .integer(statistics.completed),
            "retried": .integer(statistics.retried), "discarded": .integer(statistics.discarded),
            "other": .integer(statistics.other),
            "completed_per_second": .number(JSONNumber(measured: statistics.completedPerSecond)),
            "waited_ms": self.histogram(statistics.waited), "ran_ms": self.histogram(statistics.ran),
        ]
    }

    /// `buckets[n]` counts what took less than 2^n ms and did not fit the one before.
    private static func histogram(_ histogram: Histogram) -> JSONValue {
        [
            "p50": .milliseconds(histogram.quantile(0.5)), "p90": .milliseconds(histogram.quantile(0.9)),
            "p99": .milliseconds(histogram.quantile(0.99)),
            "buckets": .array(histogram.counts.map { .integer($0) }),
        ]
    }

    static func health(_ health: QueueHealth) -> JSONValue {
        [
            "healthy": .bool(health.problems.isEmpty),
            "problems": .array(
                health.problems.map {
                    ["code": .string($0.code), "subject": .text($0.path), "message": .string($0.message)]
                }),
            "plans": .array(
                health.plans.map {
                    ["statement": .string($0.statement), "pinned": .bool($0.isPinned), "nodes": .string($0.nodes)]
                }),
            "tables": .array(health.tables.map(self.table)),
            "walk": ["buffers": .integer(health.walkBuffers), "queue": .text(health.walkQueue?.rawValue)],
            "oldest_snapshot": self.snapshot(health.oldestSnapshot), "runway": .integer(health.runway),
            "leader": .text(health.leader?.description), "workers": .integer(health.workers),
            "unknown_kinds": .object(
                JSONObject(
                    health.unknownKinds.sorted { $0.key.rawValue < $1.key.rawValue }
                        .map { ($0.key.rawValue, .integer($0.value)) })),
        ]
    }

    private static func table(_ table: QueueHealth.Table) -> JSONValue {
        [
            "table": .string(table.name), "live_rows": .integer(table.liveRows), "dead_rows": .integer(table.deadRows),
            "bytes": .integer(table.bytes), "vacuumed_at": .time(table.vacuumedAt),
        ]
    }

    private static func snapshot(_ snapshot: QueueHealth.Snapshot?) -> JSONValue {
        guard let snapshot else { return .null }
        return [
            "pid": .integer(snapshot.pid), "age_ms": .milliseconds(snapshot.age), "state": .string(snapshot.state),
            "user": .string(snapshot.user), "application": .string(snapshot.application),
            "query": .string(snapshot.query), "transactions_since": .integer(snapshot.transactions),
        ]
    }
}
