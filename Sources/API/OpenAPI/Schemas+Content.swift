import Storefront

extension Schemas {
    /// Of what is in a version.
    static let content: [(String, JSONValue)] = [
        ("File", file), ("FileList", list("File")), ("Patch", patch), ("PatchList", patchList),
        ("UpdatePreview", preview),
    ]

    private static let file = object(
        [
            "path": string, "entry": ["type": "string", "enum": ["file", "directory", "symlink"]], "size": integer,
            "executable": flag, "digest": nullable("string"), "target": nullable("string"),
        ], ["path", "entry", "size", "executable"])

    private static let preview = object(
        [
            "from_version_id": id, "update_bytes": integer, "patch_bytes": nullable("integer"), "chunk_bytes": integer,
            "bytes_read": integer, "bytes_written": integer, "changed_files": integer,
            "reasons_by": ["type": "string", "enum": ["chunks", "content"]],
            "files": ["type": "array", "items": changedFile],
        ],
        [
            "from_version_id", "update_bytes", "chunk_bytes", "bytes_read", "bytes_written", "changed_files",
            "reasons_by",
            "files",
        ])

    private static let changedFile = object(
        [
            "path": string, "change": ["type": "string", "enum": ["edited", "added"]], "size": integer,
            "patch_bytes": nullable("integer"), "chunk_bytes": integer, "new_bytes": integer,
            "ranges": [
                "type": "array", "items": object(["offset": integer, "length": integer], ["offset", "length"]),
            ],
            "reasons": ["type": "array", "items": string],
        ], ["path", "change", "size", "chunk_bytes", "new_bytes", "ranges", "reasons"])

    private static let patchList = object(
        [
            "items": ["type": "array", "items": reference("Patch")], "next_cursor": nullable("string"),
            "making": [
                "type": "array",
                "items": object(
                    [
                        "from_version_id": id, "bytes_done": integer, "bytes_total": integer,
                        "level": nullable("string"),
                        "cpu_ms": integer, "cpu_ms_limit": nullable("integer"),
                    ], ["from_version_id", "bytes_done", "bytes_total", "cpu_ms"]),
            ],
        ], ["items", "next_cursor", "making"])

    private static let patch = object(
        [
            "from_version_id": id, "from_version_string": string, "state": string, "size": nullable("integer"),
            "digest": nullable("string"), "chunk_bytes": nullable("integer"), "created_at": time,
            "url": nullable("string"), "reason": nullable("string"), "level": nullable("string"),
            "cpu_ms": nullable("integer"),
        ], ["from_version_id", "from_version_string", "state", "created_at"])
}
