import JobLifecycle
import JobQueue
import Storefront

extension Schemas {
    /// Of what operators see and turn.
    static let operators: [(String, JSONValue)] = queues + pools + operatorJobs + statistics

    private static let queues: [(String, JSONValue)] = [
        (
            "Queue",
            object(
                ["queue": string, "settings": reference("QueueSettings"), "depth": depth, "rate": ["type": "object"]],
                ["queue", "settings", "depth", "rate"])
        ),
        ("QueueList", list("Queue")), ("QueueSettings", object(queueSettings, ["paused"])),
        ("QueueChange", object(queueSettings, [])),
        (
            "QueueKey",
            object(
                [
                    "queue": string, "key": string, "weight": integer, "cap": nullable("integer"), "used": integer,
                    "held": integer,
                ], ["queue", "key", "weight", "used", "held"])
        ), ("QueueKeyList", list("QueueKey")),
        (
            "QueueKeyChange",
            object(
                [
                    "cap": ["type": ["integer", "null"], "minimum": 0, "maximum": 10_000],
                    "weight": ["type": ["integer", "null"], "minimum": 1, "maximum": 100],
                ], [])
        ),
        (
            "QueueRate",
            object(
                [
                    "queue": string, "kind": nullable("string"), "key": nullable("string"), "rate": rateLimit,
                    "tokens": ["type": "number"],
                ], ["queue", "kind", "key", "rate", "tokens"])
        ), ("QueueRateList", list("QueueRate")),
        (
            "QueueRateChange",
            object(
                ["kind": text(64), "key": text(200), "rate": ["anyOf": [rateLimit, ["type": "null"]]]], ["rate"])
        ),
    ]

    private static let rateLimit = object(
        ["per_second": ["type": "number"], "burst": integer], ["per_second", "burst"])

    private static let pools: [(String, JSONValue)] = [
        (
            "Pool",
            object(
                [
                    "queue": string, "queue_settings": reference("QueueSettings"), "all_nodes": perhaps("PoolSetting"),
                    "nodes": array(reference("PoolSetting")), "workers": array(["type": "object"]), "depth": depth,
                ], ["queue", "queue_settings", "all_nodes", "nodes", "workers", "depth"])
        ), ("PoolList", list("Pool")), ("PoolSetting", object(poolSetting, [])),
        ("PoolChange", object(poolSettings, [])),
        (
            "Worker",
            object(
                [
                    "worker_id": string, "name": string, "node": string, "started_at": time, "seen_at": time,
                    "silence_ms": integer, "running": integer, "is_leader": flag, "pools": ["type": "object"],
                ], ["worker_id", "name", "node", "started_at", "seen_at", "running", "pools"])
        ), ("WorkerList", list("Worker")),
    ]

    private static let operatorJobs: [(String, JSONValue)] = [
        (
            "OperatorJob",
            ["allOf": [reference("Job"), object(operatorJob, ["priority", "held"])]]
        ), ("OperatorJobList", list("OperatorJob")),
        (
            "OperatorJobDetail",
            [
                "allOf": [
                    reference("OperatorJob"),
                    object(
                        [
                            "why": object(["code": string, "message": string], ["code", "message"]), "payload": [:],
                            "checkpoint": [:], "attempts": array(["type": "object"]), "parents": array(string),
                            "followers": array(string),
                        ], ["why", "payload", "attempts", "parents", "followers"]),
                ]
            ]
        ), ("JobReason", object(["reason": text(500)], [])),
        (
            "JobFilter",
            object(
                [
                    "ids": array(string), "queues": array(string), "kinds": array(string),
                    "states": array(words(JobState.self)), "version_id": id, "developer_id": id, "key": string,
                    "worker_id": string, "failure": string, "created_after": time, "created_before": time,
                ], [])
        ),
        (
            "BulkChange",
            object(
                [
                    "action": words(JobAction.self), "filter": reference("JobFilter"), "dry_run": flag,
                    "reason": text(500),
                ], ["action", "filter"])
        ),
        (
            "DeadChange",
            object(
                [
                    "action": words(JobAction.self), "filter": reference("JobFilter"), "dry_run": flag,
                    "reason": text(500),
                ], ["action", "filter"])
        ),
        (
            "BulkResult",
            object(
                [
                    "action": words(JobAction.self), "dry_run": flag, "matched": integer, "changed": integer,
                    "followers": integer, "sample": array(string), "truncated": flag,
                ], ["action", "dry_run", "matched", "changed", "followers", "sample", "truncated"])
        ),
    ]

    private static let statistics: [(String, JSONValue)] = [
        (
            "Statistics",
            object(
                [
                    "queue": string, "kind": string, "window_ms": integer, "completed": integer, "retried": integer,
                    "discarded": integer, "other": integer, "completed_per_second": ["type": "number"],
                    "waited_ms": histogram, "ran_ms": histogram,
                ], ["queue", "kind", "window_ms", "completed", "waited_ms", "ran_ms"])
        ), ("StatisticsList", list("Statistics")),
        (
            "QueueHealth",
            object(
                [
                    "healthy": flag, "problems": array(["type": "object"]), "plans": array(["type": "object"]),
                    "tables": array(["type": "object"]), "walk": ["type": "object"],
                    "oldest_snapshot": ["type": ["object", "null"]], "runway": integer, "leader": nullable("string"),
                    "workers": integer, "unknown_kinds": ["type": "object"],
                ], ["healthy", "problems", "plans", "tables", "walk", "workers"])
        ), ("Configuration", ["type": "object"]),
        (
            "QueueAuditEntry",
            object(
                [
                    "id": string, "at": time, "actor": string, "action": string, "subject": string, "before": details,
                    "after": details,
                ], ["id", "at", "actor", "action", "subject"])
        ), ("QueueAuditList", list("QueueAuditEntry")),
    ]

    private static let depth = object(
        [
            "ready": integer, "held": integer, "later": integer, "parked": integer, "running": integer,
            "oldest_age_ms": nullable("integer"),
        ], ["ready", "held", "later", "parked", "running"])

    private static let queueSettings: JSONValue = [
        "paused": flag, "running_limit": ["type": ["integer", "null"], "minimum": 0, "maximum": 10_000],
        "key_limit": ["type": ["integer", "null"], "minimum": 1, "maximum": 10_000],
        "rate": [
            "anyOf": [
                object(["per_second": ["type": "number"], "burst": integer], ["per_second", "burst"]),
                ["type": "null"],
            ]
        ],
    ]

    private static let poolSettings: JSONValue = [
        "mode": [
            "type": ["string", "null"], "enum": .array(PoolMode.allCases.map { .string($0.rawValue) } + [.null]),
        ],
        "concurrency": ["type": ["integer", "null"], "minimum": 0, "maximum": 10_000],
        "prefetch": ["type": ["integer", "null"], "minimum": 0, "maximum": 10_000],
        "priority_floor": nullable("integer"),
        "tuning": ["anyOf": [object(["from": integer, "to": integer], ["from", "to"]), ["type": "null"]]],
    ]

    private static let poolSetting: JSONValue = {
        var properties = poolSettings.object ?? JSONObject()
        properties["node"] = nullable("string")
        properties["changed_at"] = perhapsTime
        properties["changed_by"] = nullable("string")
        return .object(properties)
    }()

    private static let operatorJob: JSONValue = [
        "priority": integer, "key": nullable("string"), "held": flag, "developer_id": nullable("string"),
        "worker_id": nullable("string"),
    ]

    private static let histogram = object(
        [
            "p50": nullable("integer"), "p90": nullable("integer"), "p99": nullable("integer"),
            "buckets": array(integer),
        ], ["buckets"])
}
