import Content
import Platform
import Storefront

/// The audit log as JSON.
enum AuditJSON {
    static func record(_ record: AuditRecord) -> JSONValue {
        [
            "seq": .integer(record.seq), "at": .time(record.at), "action": .string(record.entry.action),
            "target": .string(record.entry.target),
            "actor": [
                "kind": .string(record.actor.kind.rawValue), "id": .string(record.actor.identifier),
                "address": .text(record.actor.address), "user_agent": .text(record.actor.userAgent),
            ],
            "request_id": .text(record.actor.requestID), "before": record.entry.before ?? .null,
            "after": record.entry.after ?? .null, "prev_hash": .string(Hexadecimal.encode(record.previousHash)),
            "hash": .string(Hexadecimal.encode(record.hash)),
        ]
    }

    static func verification(_ verification: AuditVerification) -> JSONValue {
        let head = verification.head.map { head -> JSONValue in
            ["seq": .integer(head.seq), "hash": .string(Hexadecimal.encode(head.hash))]
        }
        return [
            "intact": .bool(verification.isIntact), "records": .integer(verification.records),
            "first_broken_seq": .integer(verification.firstBroken), "head": head ?? .null,
            "pruned_through_seq": .integer(verification.prunedThrough),
        ]
    }
}
