import Storefront

extension Schemas {
    /// Of uploads.
    static let uploads: [(String, JSONValue)] = [
        ("UploadPlan", uploadPlan), ("UploadCompletion", object(["file_hash": nullable("string")], [])),
        ("PartNumbers", object(["part_numbers": array(["type": "integer", "minimum": 1])], ["part_numbers"])),
        ("PresignedPart", presignedPart),
        ("PresignedParts", object(["parts": array(reference("PresignedPart"))], ["parts"])),
        ("ReceivedPart", receivedPart),
        ("UploadSize", object(["file_size": ["type": "integer", "minimum": 1]], ["file_size"])),
        ("MissingChunks", object(["missing": array(["type": "integer", "minimum": 0])], ["missing"])),
    ]

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
}
