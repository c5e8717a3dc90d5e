import JobLifecycle
import Storefront

extension Schemas {
    /// Of jobs.
    static let jobs: [(String, JSONValue)] = [
        ("Job", job), ("JobList", list("Job")),
    ]

    private static let job = object(
        [
            "id": string, "kind": string, "queue": string, "state": words(JobState.self), "done": flag,
            "attempt": integer,
            "max_attempts": integer, "version_id": nullable("string"), "created_at": time, "started_at": perhapsTime,
            "finished_at": perhapsTime, "deadline_at": perhapsTime, "run_at": perhapsTime,
            "waits_for": nullable("integer"), "progress": ["type": "object"], "failure": perhaps("Failure"),
        ], ["id", "kind", "queue", "state", "done", "attempt", "max_attempts", "created_at", "progress"])
}
