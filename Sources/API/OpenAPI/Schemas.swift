import Access
import BuildStore
import JobLifecycle
import Storefront

/// The shapes of bodies, as JSON Schema.
enum Schemas {
    static let all = JSONObject([
        ("Problem", problem),
        ("NewCompany", object(["company_name": text(255), "legal_details": details], ["company_name"])),
        ("CompanyChange", object(["company_name": text(255), "legal_details": details], [])), ("Company", company),
        ("CompanyList", list("Membership")), ("Membership", membership), ("TeamMember", teamMember),
        ("TeamList", list("TeamMember")), ("RoleChange", object(["role": words(Role.self)], ["role"])),
        ("NewGame", object(["title": text(255)], ["title"])),
        ("GameChange", object(["title": text(255), "status": words(GameStatus.self)], [])), ("Game", game),
        ("GameList", list("Game")), ("NewVersion", newVersion), ("VersionChange", versionChange), ("Version", version),
        ("VersionList", list("Version")), ("Stage", stage), ("Failure", failure), ("UploadPlan", uploadPlan),
        ("UploadCompletion", object(["file_hash": nullable("string")], [])),
        ("PartNumbers", object(["part_numbers": array(["type": "integer", "minimum": 1])], ["part_numbers"])),
        ("PresignedPart", presignedPart),
        ("PresignedParts", object(["parts": array(reference("PresignedPart"))], ["parts"])),
        ("ReceivedPart", receivedPart), ("Job", job), ("JobList", list("Job")), ("File", file),
        ("FileList", list("File")),
        ("Patch", patch), ("PatchList", list("Patch")), ("NewKey", newKey), ("Key", key(extra: [:])),
        ("KeyList", list("Key")), ("CreatedKey", key(extra: ["api_key": ["type": "string"]])),
        ("Health", object(["status": ["type": "string"]], ["status"])),
        ("ManifestKeys", object(["keys": array(["type": "object"])], ["keys"])),
        ("JSONWebKeySet", object(["keys": array(["type": "object"])], ["keys"])),
    ])

    private static let id: JSONValue = ["type": "string", "format": "uuid"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]
    private static let perhapsTime: JSONValue = ["type": ["string", "null"], "format": "date-time"]
    private static let integer: JSONValue = ["type": "integer"]
    private static let flag: JSONValue = ["type": "boolean"]
    private static let string: JSONValue = ["type": "string"]
    private static let details: JSONValue = ["type": ["object", "null"]]

    private static let problem = object(
        [
            "type": string, "title": string, "status": integer, "detail": string, "instance": string, "code": string,
            "request_id": string,
            "errors": array(
                object(["pointer": string, "code": string, "message": string], ["pointer", "code", "message"])),
        ], ["type", "title", "status", "code", "request_id"])

    private static let company = object(
        [
            "developer_id": id, "company_name": text(255), "legal_details": details,
            "verification_status": words(CompanyVerification.self), "verification_reason": nullable("string"),
            "verified_at": perhapsTime, "created_at": time, "updated_at": time,
        ], ["developer_id", "company_name", "verification_status", "created_at", "updated_at"])

    private static let membership = object(
        [
            "developer_id": id, "company_name": text(255), "verification_status": words(CompanyVerification.self),
            "role": words(Role.self),
        ], ["developer_id", "company_name", "verification_status", "role"])

    private static let teamMember = object(
        [
            "user_id": id, "role": words(Role.self), "added_at": time, "name": nullable("string"),
            "email": nullable("string"),
        ], ["user_id", "role", "added_at"])

    private static let game = object(
        [
            "game_id": id, "developer_id": id, "title": text(255), "status": words(GameStatus.self), "created_at": time,
            "updated_at": time, "allowed_transitions": array(string), "current_version": nullable("object"),
            "pending_version": nullable("object"),
        ], ["game_id", "developer_id", "title", "status", "created_at", "updated_at"])

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
            "stages": array(reference("Stage")), "scan": nullable("object"), "content": nullable("object"),
            "upload": perhaps("UploadPlan"),
        ], ["version_id", "game_id", "version_string", "status", "s3_path", "uploaded_at", "attempt", "created_at"])

    private static let stage = object(
        [
            "stage": string, "state": ["type": "string", "enum": ["waiting", "running", "done", "failed", "skipped"]],
            "bytes_done": integer, "bytes_total": integer, "files_done": integer, "files_total": integer,
            "jobs": integer,
            "jobs_done": integer, "started_at": perhapsTime, "finished_at": perhapsTime, "deadline_at": perhapsTime,
            "attempt": integer,
        ], ["stage", "state"])

    private static let failure = object(
        [
            "code": string, "stage": nullable("string"), "message": string, "hint": nullable("string"),
            "path": nullable("string"), "offset": nullable("integer"), "expected": nullable("string"),
            "actual": nullable("string"), "retryable": flag, "attempt": nullable("integer"),
            "problems": nullable("array"),
        ], ["code", "message", "retryable"])

    private static let uploadPlan = object(
        [
            "upload_id": id, "state": string, "method": ["const": "multipart"], "part_size": integer,
            "part_count": integer, "file_size": integer, "received": array(reference("ReceivedPart")),
            "parts": array(reference("PresignedPart")), "url": nullable("string"), "sign_url": string,
            "complete_url": string, "stream_url_template": string, "expires_at": time,
        ], ["upload_id", "state", "part_size", "part_count", "file_size", "received", "parts", "expires_at"])

    private static let presignedPart = object(
        ["part_number": integer, "method": string, "url": string, "headers": ["type": "object"], "expires_at": time],
        ["part_number", "method", "url", "headers", "expires_at"])

    private static let receivedPart = object(
        ["part_number": integer, "size": integer, "etag": string, "digest": nullable("string")],
        ["part_number", "size", "etag"])

    private static let job = object(
        [
            "id": string, "kind": string, "queue": string, "state": words(JobState.self), "done": flag,
            "attempt": integer,
            "max_attempts": integer, "version_id": nullable("string"), "created_at": time, "started_at": perhapsTime,
            "finished_at": perhapsTime, "deadline_at": perhapsTime, "run_at": perhapsTime,
            "waits_for": nullable("integer"), "progress": ["type": "object"], "failure": perhaps("Failure"),
        ], ["id", "kind", "queue", "state", "done", "attempt", "max_attempts", "created_at", "progress"])

    private static let file = object(
        [
            "path": string, "entry": ["type": "string", "enum": ["file", "directory", "symlink"]], "size": integer,
            "executable": flag, "digest": nullable("string"), "target": nullable("string"),
        ], ["path", "entry", "size", "executable"])

    private static let patch = object(
        [
            "from_version_id": id, "from_version_string": string, "state": string, "size": nullable("integer"),
            "digest": nullable("string"), "chunk_bytes": nullable("integer"), "created_at": time,
            "url": nullable("string"),
        ], ["from_version_id", "from_version_string", "state", "created_at"])

    private static let newKey = object(
        ["name": nullable("string"), "permissions": array(scope), "expires_at": perhapsTime], ["permissions"])

    private static let scope: JSONValue = [
        "type": "string", "enum": .array(Permission.grantableToKeys.map { .string($0.rawValue) }),
    ]

    private static func key(extra: JSONValue) -> JSONValue {
        var properties = JSONObject([
            ("key_id", id), ("name", nullable("string")), ("key_prefix", string), ("permissions", array(scope)),
            ("created_at", time), ("last_used_at", perhapsTime), ("expires_at", perhapsTime), ("is_active", flag),
            ("created_by", nullable("string")),
        ])
        for (name, value) in extra.object?.members ?? [] { properties[name] = value }
        return object(.object(properties), ["key_id", "key_prefix", "permissions", "created_at", "is_active"])
    }

    private static func object(_ properties: JSONValue, _ required: [String]) -> JSONValue {
        ["type": "object", "properties": properties, "required": .array(required.map { .string($0) })]
    }

    private static func list(_ item: String) -> JSONValue {
        object(["items": array(reference(item)), "next_cursor": nullable("string")], ["items", "next_cursor"])
    }

    private static func array(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    private static func text(_ length: Int) -> JSONValue {
        ["type": "string", "minLength": 1, "maxLength": .integer(length)]
    }

    private static func nullable(_ type: JSONValue) -> JSONValue { ["type": [type, "null"]] }

    private static func perhaps(_ schema: String) -> JSONValue { ["anyOf": [reference(schema), ["type": "null"]]] }

    private static func reference(_ schema: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(schema)")] }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> JSONValue {
        ["type": "string", "enum": .array(Word.allCases.map { .string($0.rawValue) })]
    }
}
