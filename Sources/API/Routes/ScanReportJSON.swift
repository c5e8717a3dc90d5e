import BuildStore
import Content
import Storefront

/// What was found and what changed, as JSON.
enum ScanReportJSON {
    static func waiver(_ waiver: ScanWaiver) -> JSONValue {
        [
            "reason": .string(waiver.reason), "granted_by": .string(waiver.grantedBy), "note": .string(waiver.note),
            "granted_at": .time(waiver.grantedAt),
        ]
    }

    static func finding(_ finding: QuarantineRecord) -> JSONValue {
        [
            "path": .string(finding.path), "digest": .string(finding.digest.description),
            "size": .integer(finding.size), "signature": .string(finding.signature), "engine": .string(finding.engine),
            "was_published": .bool(finding.wasPublished),
        ]
    }

    /// All of a review.
    static func review(_ record: ReviewRecord) -> JSONValue {
        self.review(record, members: ["files_added", "files_changed", "bytes", "kinds", "findings_total", "findings"])
    }

    /// The numbers alone, for the version's own document.
    static func summary(_ record: ReviewRecord) -> JSONValue {
        self.review(record, members: ["files_added", "files_changed", "bytes", "kinds", "findings_total"])
    }

    private static func review(_ record: ReviewRecord, members: [String]) -> JSONValue {
        guard case .object(let kept)? = try? JSONParser.parse(Array(record.json.utf8)) else { return .null }
        var review = JSONObject([
            ("base_version_id", .text(record.base?.description)), ("reviewed_at", .time(record.reviewedAt)),
        ])
        for member in members { review[member] = kept[member] ?? .null }
        return .object(review)
    }
}
