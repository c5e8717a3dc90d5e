import FoundationEssentials
import JobLifecycle
import JobQueue
import Storefront

/// Queues, pools and workers as JSON, for operators.
enum QueueJSON {
    static func queue(_ depth: QueueDepth, _ statistics: [KindStatistics]) -> JSONValue {
        [
            "queue": .string(depth.queue.rawValue), "settings": self.settings(depth.settings),
            "depth": self.depth(depth), "rate": self.rate(statistics),
        ]
    }

    static func settings(_ settings: QueueSettings) -> JSONValue {
        [
            "paused": .bool(settings.paused), "running_limit": .integer(settings.runningLimit),
            "key_limit": .integer(settings.keyLimit),
            "rate": settings.rate.map(self.rate) ?? .null,
        ]
    }

    private static func rate(_ rate: RateLimit) -> JSONValue {
        ["per_second": .number(JSONNumber(measured: rate.perSecond)), "burst": .integer(rate.burst)]
    }

    static func rate(_ rate: PartialRate) -> JSONValue {
        var kind: String?, key: String?
        switch rate.subject {
        case .kind(let name): kind = name.rawValue
        case .key(let name): key = name
        }
        return [
            "queue": .string(rate.queue.rawValue), "kind": .text(kind), "key": .text(key), "rate": self.rate(rate.rate),
            "tokens": .number(JSONNumber(measured: rate.tokens)),
        ]
    }

    /// Counts stop at 10,000.
    private static func depth(_ depth: QueueDepth) -> JSONValue {
        [
            "ready": .integer(depth.ready), "held": .integer(depth.held), "later": .integer(depth.later),
            "parked": .integer(depth.parked), "running": .integer(depth.running),
            "oldest_age_ms": .milliseconds(depth.oldest),
        ]
    }

    private static func rate(_ statistics: [KindStatistics]) -> JSONValue {
        let span = statistics.first?.span ?? .seconds(60)
        let completed = statistics.reduce(0) { $0 + $1.completed }
        return [
            "window_ms": .milliseconds(span), "completed": .integer(completed),
            "completed_per_second": .number(JSONNumber(measured: Double(completed) / (span / .seconds(1)))),
            "retried": .integer(statistics.reduce(0) { $0 + $1.retried }),
            "discarded": .integer(statistics.reduce(0) { $0 + $1.discarded }),
        ]
    }

    static func pool(
        _ depth: QueueDepth, settings: [PoolStatus], workers: [WorkerStatus]
    ) -> JSONValue {
        let serving = workers.filter { $0.pools[depth.queue] != nil }
        return [
            "queue": .string(depth.queue.rawValue), "queue_settings": self.settings(depth.settings),
            "all_nodes": self.setting(settings.first { $0.node == nil }),
            "nodes": .array(settings.filter { $0.node != nil }.map { self.setting($0) }),
            "workers": .array(
                serving.map { worker in
                    var object = JSONObject([
                        ("worker_id", .string(worker.id.description)), ("name", .string(worker.name)),
                        ("node", .string(worker.node)),
                    ])
                    for (name, value) in self.load(worker.pools[depth.queue]).members { object[name] = value }
                    return .object(object)
                }), "depth": self.depth(depth),
        ]
    }

    /// What an operator said; null where nobody said anything.
    private static func setting(_ status: PoolStatus?) -> JSONValue {
        guard let status else { return .null }
        var object = JSONObject([("node", .text(status.node))])
        for (name, value) in self.poolSettings(status.settings).members { object[name] = value }
        object["changed_at"] = .time(status.changedAt)
        object["changed_by"] = .text(status.changedBy)
        return .object(object)
    }

    /// Null is what nobody said: the wider setting holds.
    static func poolSettings(_ settings: PoolSettings) -> JSONObject {
        JSONObject([
            ("mode", .text(settings.mode?.rawValue)), ("concurrency", .integer(settings.slots)),
            ("prefetch", .integer(settings.prefetch)), ("priority_floor", .integer(settings.leastUrgent)),
            ("tuning", settings.tuning.map(self.bounds) ?? .null),
        ])
    }

    private static func bounds(_ bounds: ClosedRange<Int>) -> JSONValue {
        ["from": .integer(bounds.lowerBound), "to": .integer(bounds.upperBound)]
    }

    private static func load(_ load: PoolLoad?) -> JSONObject {
        guard let load else { return JSONObject() }
        return JSONObject([
            ("mode", .string(load.mode.rawValue)), ("concurrency", .integer(load.slots)),
            ("prefetch", .integer(load.prefetch)), ("running", .integer(load.running)),
            ("waiting", .integer(load.waiting)), ("commit_us", .integer(load.commitMicroseconds)),
            ("joins_commits", load.joinsCommits.map(JSONValue.bool) ?? .null),
        ])
    }

    static func worker(_ worker: WorkerStatus) -> JSONValue {
        let pools = worker.pools.sorted { $0.key.rawValue < $1.key.rawValue }
        return [
            "worker_id": .string(worker.id.description), "name": .string(worker.name), "node": .string(worker.node),
            "started_at": .time(worker.startedAt), "seen_at": .time(worker.seenAt),
            "silence_ms": .milliseconds(worker.silence), "running": .integer(worker.leases),
            "is_leader": .bool(worker.isLeader),
            "pools": .object(JSONObject(pools.map { ($0.key.rawValue, .object(self.load($0.value))) })),
        ]
    }

    static func key(_ share: KeyShare) -> JSONValue {
        [
            "queue": .string(share.queue.rawValue), "key": .string(share.key), "weight": .integer(share.weight),
            "cap": .integer(share.cap), "used": .integer(share.used), "held": .integer(share.held),
        ]
    }

    static func audit(_ entry: AuditEntry) -> JSONValue {
        [
            "id": .string("\(entry.id)"), "at": .time(entry.at), "actor": .string(entry.actor),
            "action": .string(entry.action), "subject": .string(entry.subject), "before": self.document(entry.before),
            "after": self.document(entry.after),
        ]
    }

    private static func document(_ text: String?) -> JSONValue {
        text.flatMap { try? JSONParser.parse(Array($0.utf8)) } ?? .null
    }
}

extension JSONValue {
    /// A length of time, or null for none.
    static func milliseconds(_ duration: Duration?) -> JSONValue {
        .integer(duration.map { Int64(($0 / .milliseconds(1)).rounded()) })
    }
}
