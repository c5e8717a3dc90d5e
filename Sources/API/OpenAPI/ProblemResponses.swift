import Storefront

/// The refusals that operations share, one for each status, each with an example (RFC 9457).
enum ProblemResponses {
    static let all = JSONObject(statuses.map { ("Problem\($0.status)", response($0.status, $0.code, $0.meaning)) })

    private static let statuses: [(status: Int, code: String, meaning: String)] = [
        (400, "malformed-json", "It cannot be read, or it does not say which company"),
        (401, "unauthenticated", "Nobody is known by these credentials"),
        (403, "forbidden", "Whoever it is may not do this"),
        (404, "not-found", "There is no such thing, or it is another company's"),
        (408, "timeout", "The body did not come"),
        (409, "invalid-transition", "Not in this state, or not beside what there is already"),
        (410, "upload-expired", "It was there, and its time is over"),
        (411, "length-required", "The body has no length"),
        (412, "etag-mismatch", "It was changed since; the answer has its ETag"),
        (413, "too-large", "The body is too large"),
        (415, "unsupported-media-type", "The body is of another type"),
        (416, "range-not-satisfiable", "There are no such bytes"),
        (422, "validation-failed", "Values that are not possible, each with its pointer"),
        (429, "rate-limited", "Too often; Retry-After says when there is room"),
        (500, "internal", "A fault of the service; request_id finds it in its log"),
        (507, "storage-full", "There is no room left"),
        (503, "dependency-unavailable", "Not now; Retry-After says when"),
    ]

    private static func response(_ status: Int, _ code: String, _ meaning: String) -> JSONValue {
        var example = JSONObject([
            ("type", "about:blank"), ("title", .string(meaning)), ("status", .integer(status)), ("code", .string(code)),
            ("detail", .string("\(meaning).")), ("instance", "/api/v1/developer/games"),
            ("request_id", "0190a0a0-0000-4000-8000-000000000001"),
        ])
        if status == 422 {
            example["errors"] = [["pointer": "/title", "code": "length", "message": "must be 1 to 255 characters"]]
        }
        return [
            "description": .string(meaning),
            "content": [
                "application/problem+json": [
                    "schema": ["$ref": "#/components/schemas/Problem"], "example": .object(example),
                ]
            ],
        ]
    }
}
