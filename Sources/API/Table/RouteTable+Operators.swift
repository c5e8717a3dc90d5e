import HTTPTypes
import Storefront

extension RouteTable {
    private static let operatorsPrefix = "/ops/v1"

    /// What operators see and turn.
    static let operators: [RouteDeclaration] = [
        ops(.listQueues, .get, "/queues", "List queues: depth, age, rate, limits", nil, "QueueList"),
        ops(.changeQueue, .patch, "/queues/{queue}", "Pause a queue or set its limits", "QueueChange", "QueueSettings"),
        ops(.listQueueKeys, .get, "/queues/{queue}/keys", "List the keys that share a queue", nil, "QueueKeyList"),
        ops(
            .changeQueueKey, .patch, "/queues/{queue}/keys/{key}", "Set a key's limit and share", "QueueKeyChange",
            "QueueKey"),
        ops(
            .listQueueRates, .get, "/queues/{queue}/rates", "List the rates of a queue's kinds and keys", nil,
            "QueueRateList"),
        ops(
            .changeQueueRate, .patch, "/queues/{queue}/rates", "Set the rate of a kind or a key", "QueueRateChange",
            "QueueRateList"),
        ops(.listPools, .get, "/pools", "List pools: what is set, and what workers do", nil, "PoolList"),
        ops(.getPool, .get, "/pools/{queue}", "Read the pools of a queue", nil, "Pool"),
        ops(
            .changePool, .patch, "/pools/{queue}", "Resize, pause or drain pools, on one node or all", "PoolChange",
            "Pool"),
        ops(.listWorkers, .get, "/workers", "List workers that live", nil, "WorkerList"),
        ops(.listAllJobs, .get, "/jobs", "List jobs of all companies", nil, "OperatorJobList"),
        ops(.changeJobs, .post, "/jobs/bulk", "Retry, cancel or discard many jobs", "BulkChange", "BulkResult"),
        ops(.listDeadJobs, .get, "/jobs/dead", "List jobs that failed for good", nil, "OperatorJobList"),
        ops(.changeDeadJobs, .post, "/jobs/dead", "Redrive many dead jobs", "DeadChange", "BulkResult"),
        ops(.inspectJob, .get, "/jobs/{job_id}", "Read a job, and why it waits", nil, "OperatorJobDetail"),
        ops(
            .retryAnyJob, .post, "/jobs/{job_id}/retry", "Make a job due now, with all its attempts", "JobReason",
            "OperatorJobDetail"),
        opsAlias(
            .retryAnyJob, .post, "/jobs/{job_id}/redrive", "Make a job due now, with all its attempts", "JobReason",
            "OperatorJobDetail"),
        ops(
            .cancelAnyJob, .post, "/jobs/{job_id}/cancel", "Cancel a job and those that wait for it", "JobReason",
            "OperatorJobDetail"),
        ops(
            .discardJob, .post, "/jobs/{job_id}/discard", "End a job as failed for good", "JobReason",
            "OperatorJobDetail"),
        ops(.getStatistics, .get, "/stats", "Counts and times of what ended", nil, "StatisticsList"),
        ops(.getQueueHealth, .get, "/health", "What slows the queue, and who", nil, "QueueHealth"),
        ops(.getConfiguration, .get, "/config", "What this process is configured with", nil, "Configuration"),
        ops(.listQueueAudit, .get, "/audit", "List what operators changed", nil, "QueueAuditList"),
    ]

    static func ops(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ request: String?,
        _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: self.operatorsPrefix + path, access: .platform(.operator),
            summary: summary, request: request, status: 200, response: response, isAlias: false, rateClass: nil,
            idempotency: .ignored)
    }

    private static func opsAlias(
        _ operation: Operation, _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ request: String?,
        _ response: String?
    ) -> RouteDeclaration {
        RouteDeclaration(
            operation: operation, method: method, path: self.operatorsPrefix + path, access: .platform(.operator),
            summary: summary, request: request, status: 200, response: response, isAlias: true, rateClass: nil,
            idempotency: .ignored)
    }
}
