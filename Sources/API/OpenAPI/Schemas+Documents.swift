import Storefront

extension Schemas {
    /// Of papers for verification.
    static let documents: [(String, JSONValue)] = [
        ("NewDocument", newDocument), ("Document", document), ("DocumentList", list("Document")),
    ]

    private static let newDocument = object(
        [
            "kind": words(DocumentKind.self), "file_name": text(255), "content_type": words(DocumentFormat.self),
            "file_size": ["type": "integer", "minimum": 1],
        ], ["kind", "file_name", "content_type", "file_size"])

    private static let document = object(
        [
            "document_id": id, "kind": words(DocumentKind.self), "file_name": string,
            "content_type": words(DocumentFormat.self), "file_size": integer, "status": words(DocumentState.self),
            "file_hash": nullable("string"), "reason": nullable("string"), "uploaded_by": id, "created_at": time,
            "completed_at": perhapsTime, "upload": ["type": "object"],
        ], ["document_id", "kind", "file_name", "content_type", "file_size", "status", "created_at"])
}
