import Content
import Finance
import FoundationEssentials
import Storefront

/// Money as JSON: amounts are numbers with all their digits, as the specification has them.
enum FinanceJSON {
    static func balance(_ balance: Balance) -> JSONValue {
        [
            "currency": .string(balance.currency.code), "available": balance.available.number,
            "pending": balance.pending.number, "reserved": balance.reserved.number, "total": balance.total.number,
        ]
    }

    static func transaction(_ record: LedgerRecord) -> JSONValue {
        [
            "transaction_id": .string(record.id.uuidString.lowercased()), "seq": .integer(record.seq),
            "type": .string(record.type.rawValue), "amount": record.amount.number,
            "currency": .string(record.amount.currency.code), "game_id": .text(record.game?.description),
            "payout_id": .text(record.payout?.description), "description": .text(record.description),
            "source": .string(record.source), "entry_id": .string(record.sourceID),
            "occurred_at": .time(record.occurredAt), "available_at": .time(record.availableAt),
            "recorded_at": .time(record.recordedAt),
        ]
    }

    static func payout(_ payout: PayoutRecord) -> JSONObject {
        JSONObject([
            ("payout_id", .string(payout.id.description)), ("developer_id", .string(payout.developer.description)),
            ("amount", payout.amount.number), ("currency", .string(payout.amount.currency.code)),
            ("status", .string(payout.status.rawValue)),
            ("allowed_transitions", payout.status == .requested ? ["cancel"] : []),
            ("requested_at", .time(payout.requestedAt)), ("processed_at", .time(payout.processedAt)),
            ("requested_by", .text(payout.requestedBy?.description)), ("account_hint", .text(payout.accountHint)),
            ("failure_reason", .text(payout.failureReason)), ("reference", .text(payout.reference)),
            ("transaction_details", payout.details ?? .null),
        ])
    }

    static func event(_ event: PayoutEvent) -> JSONValue {
        [
            "event": .string(event.event), "source": .string(event.source), "verdict": .string(event.verdict.rawValue),
            "status": .string(event.status.rawValue), "reason": .text(event.reason), "at": .time(event.at),
        ]
    }

    /// Payout details as people may see them: of accounts the last four digits.
    static func settings(_ details: PayoutDetails?, _ settings: PaymentSettings?) -> JSONValue {
        var object = JSONObject([("configured", .bool(details != nil))])
        for field in PayoutDetails.Field.allCases {
            object[field.rawValue] = .text(details.flatMap { self.shown(field, of: $0) })
        }
        object["version"] = .integer(settings?.version)
        object["updated_at"] = .time(settings?.createdAt)
        object["changed_by"] = .text(settings?.createdBy?.description)
        object["approval"] = .text(settings?.approval.state.rawValue)
        object["approved_by"] = .text(settings?.approval.approvedBy)
        object["approved_at"] = .time(settings?.approval.approvedAt)
        return .object(object)
    }

    /// Who approved which details, for services that see no more of them.
    static func approval(_ settings: PaymentSettings) -> JSONValue {
        [
            "configured": true, "version": .integer(settings.version), "account_hint": .string(settings.accountHint),
            "updated_at": .time(settings.createdAt), "approval": .string(settings.approval.state.rawValue),
            "approved_by": .text(settings.approval.approvedBy), "approved_at": .time(settings.approval.approvedAt),
        ]
    }

    static func shown(_ field: PayoutDetails.Field, of details: PayoutDetails) -> String? {
        guard field == .accountNumber, let text = details[field] else { return details[field] }
        return String(repeating: "*", count: text.utf8.count - 4) + text.suffix(4)
    }
}
