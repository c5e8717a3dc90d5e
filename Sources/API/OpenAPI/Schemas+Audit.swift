import Platform
import Storefront

extension Schemas {
    /// Of the audit log.
    static let audit: [(String, JSONValue)] = [
        ("AuditRecord", auditRecord), ("AuditList", list("AuditRecord")), ("AuditVerification", auditVerification),
    ]

    private static let auditRecord = object(
        [
            "seq": integer, "at": time, "action": string, "target": string,
            "actor": object(
                [
                    "kind": words(AuditActor.Kind.self), "id": string, "address": nullable("string"),
                    "user_agent": nullable("string"),
                ], ["kind", "id"]), "request_id": nullable("string"), "before": ["type": ["object", "null"]],
            "after": ["type": ["object", "null"]], "prev_hash": string, "hash": string,
        ], ["seq", "at", "action", "target", "actor", "prev_hash", "hash"])

    private static let auditVerification = object(
        [
            "intact": flag, "records": integer, "first_broken_seq": nullable("integer"),
            "pruned_through_seq": nullable("integer"),
            "head": ["anyOf": [object(["seq": integer, "hash": string], ["seq", "hash"]), ["type": "null"]]],
        ], ["intact", "records", "first_broken_seq", "head"])
}
