import Content
import JobLifecycle
import JobQueue
import Storefront

/// Jobs as JSON.
enum JobJSON {
    static func job(_ job: JobStatus) -> JSONValue {
        [
            "id": .string(job.id.description), "kind": .string(job.kind.rawValue), "queue": .string(job.queue.rawValue),
            "state": .string(job.state.rawValue), "done": .bool(job.state.isFinal), "attempt": .integer(job.attempt),
            "max_attempts": .integer(job.maxAttempts), "version_id": .text(job.scope.map { VersionID($0).description }),
            "created_at": .time(job.createdAt), "started_at": .time(job.startedAt),
            "finished_at": .time(job.finishedAt), "deadline_at": .time(job.deadlineAt), "run_at": .time(job.runAt),
            "waits_for": .integer(job.missing),
            "progress": [
                "bytes_done": .integer(job.bytesDone), "bytes_total": .integer(job.bytesTotal),
                "items_done": .integer(job.itemsDone), "items_total": .integer(job.itemsTotal),
            ], "failure": FailureJSON.failure(job.failure),
        ]
    }
}
