import Storefront

extension Schemas {
    /// Of what is in a version.
    static let content: [(String, JSONValue)] = [
        ("File", file), ("FileList", list("File")), ("Patch", patch), ("PatchList", list("Patch")),
    ]

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
}
