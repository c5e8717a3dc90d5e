import Content
import JobLifecycle
import JobQueue
import Storefront

/// Jobs as JSON, for operators: everything there is.
enum OperatorJobJSON {
    static func job(_ job: JobStatus) -> JSONValue {
        guard case .object(var object) = JobJSON.job(job) else { return .null }
        object["priority"] = .integer(job.priority)
        object["key"] = .text(job.key)
        object["held"] = .bool(job.isHeld)
        object["developer_id"] = .text(job.developer?.description)
        object["worker_id"] = .text(job.worker?.description)
        return .object(object)
    }

    static func detail(_ detail: JobDetail) -> JSONValue {
        guard case .object(var object) = self.job(detail.status) else { return .null }
        object["why"] = self.why(detail.reason)
        object["payload"] = self.document(detail.payload)
        object["checkpoint"] = self.document(detail.checkpoint)
        object["attempts"] = .array(detail.attempts.map(self.attempt))
        object["parents"] = .array(detail.parents.map { .string($0.description) })
        object["followers"] = .array(detail.followers.map { .string($0.description) })
        return .object(object)
    }

    static func why(_ reason: WaitReason) -> JSONValue {
        ["code": .string(reason.code), "message": .string(reason.description)]
    }

    private static func attempt(_ attempt: AttemptRecord) -> JSONValue {
        [
            "attempt": .integer(attempt.attempt), "end": .string(attempt.end),
            "worker_id": .text(attempt.worker?.description), "started_at": .time(attempt.startedAt),
            "finished_at": .time(attempt.finishedAt), "failure": FailureJSON.failure(attempt.failure),
        ]
    }

    static func result(_ result: BulkResult) -> JSONValue {
        [
            "action": .string(result.action.rawValue), "dry_run": .bool(result.isDryRun),
            "matched": .integer(result.matched), "changed": .integer(result.changed),
            "followers": .integer(result.followers),
            "sample": .array(result.sample.map { .string($0.description) }), "truncated": .bool(result.isTruncated),
        ]
    }

    private static func document(_ text: String?) -> JSONValue {
        text.flatMap { try? JSONParser.parse(Array($0.utf8)) } ?? .null
    }
}
