import Storefront

extension Schemas {
    /// Of versions and how far they are.
    static let versions: [(String, JSONValue)] = [
        ("NewVersion", newVersion), ("VersionChange", versionChange), ("Version", version),
        ("VersionList", list("Version")), ("Stage", stage), ("Failure", failure),
        ("BuildProvenance", provenance),
    ]

    private static let newVersion = object(
        [
            "version_string": text(100), "file_size": ["type": "integer", "minimum": 1],
            "file_name": nullable("string"),
            "file_hash": nullable("string"), "changelog": nullable("string"),
        ], ["version_string", "file_size"])

    private static let versionChange = object(
        ["status": ["type": "string", "enum": ["uploaded", "failed"]], "changelog": nullable("string")], [])

    private static let version = object(
        [
            "version_id": id, "game_id": id, "version_string": text(100), "status": words(VersionState.self),
            "s3_path": string, "file_hash": nullable("string"), "file_size": nullable("integer"),
            "changelog": nullable("string"), "uploaded_at": time, "review_status": string, "attempt": integer,
            "job_id": nullable("string"), "manifest_digest": nullable("string"), "failure": perhaps("Failure"),
            "created_at": time, "committed_at": perhapsTime, "finished_at": perhapsTime,
            "stages": array(reference("Stage")), "scan": nullable("object"), "review": nullable("object"),
            "content": nullable("object"),
            "upload": perhaps("UploadPlan"), "provenance": perhaps("BuildProvenance"),
        ], ["version_id", "game_id", "version_string", "status", "s3_path", "uploaded_at", "attempt", "created_at"])

    /// What a CI system vouches for of the job that committed the upload.
    private static let provenance = object(
        [
            "issuer": string, "repository": string, "ref": nullable("string"), "commit": nullable("string"),
            "run_id": nullable("string"), "run_attempt": nullable("string"), "workflow": nullable("string"),
            "environment": nullable("string"), "actor": nullable("string"),
        ], ["issuer", "repository"])

    private static let stage = object(
        [
            "stage": string, "state": ["type": "string", "enum": ["waiting", "running", "done", "failed", "skipped"]],
            "bytes_done": integer, "bytes_total": integer, "files_done": integer, "files_total": integer,
            "jobs": integer,
            "jobs_done": integer, "started_at": perhapsTime, "finished_at": perhapsTime, "deadline_at": perhapsTime,
            "bytes_per_second": nullable("integer"), "eta_at": perhapsTime, "attempt": integer,
        ], ["stage", "state"])

    private static let failure = object(
        [
            "code": string, "stage": nullable("string"), "message": string, "hint": nullable("string"),
            "path": nullable("string"), "offset": nullable("integer"), "expected": nullable("string"),
            "actual": nullable("string"), "retryable": flag, "attempt": nullable("integer"),
            "problems": nullable("array"),
        ], ["code", "message", "retryable"])
}
