import Finance
import Storefront

extension Schemas {
    /// Of money.
    static let finance: [(String, JSONValue)] = [
        ("Balance", balance), ("Balances", balances), ("Transaction", transaction),
        ("TransactionList", list("Transaction")), ("NewPayout", newPayout), ("Payout", payout),
        ("PayoutList", list("Payout")), ("PaymentSettings", settings(isChange: false)),
        ("PaymentSettingsChange", settings(isChange: true)),
        ("PaymentSettingsApproval", object(["version": ["type": "integer", "minimum": 1]], ["version"])),
        ("LedgerEntry", ledgerEntry),
        ("LedgerEntries", ledgerEntries),
        ("Recorded", object(["recorded": integer, "repeated": integer], ["recorded", "repeated"])),
        ("PayoutReport", payoutReport), ("PayoutVerdict", payoutVerdict),
    ]

    private static let amount: JSONValue = ["type": "number"]
    private static let currency: JSONValue = ["type": "string", "pattern": "^[A-Z]{3}$"]
    private static let writtenAmount: JSONValue = ["type": ["number", "string"]]

    private static let balance = object(
        ["currency": currency, "available": amount, "pending": amount, "reserved": amount, "total": amount],
        ["currency", "available", "pending", "reserved", "total"])

    private static let balances = object(
        ["balances": array(reference("Balance")), "as_of": time, "minimum_payouts": array(reference("Money"))],
        ["balances", "as_of", "minimum_payouts"])

    private static let transaction = object(
        [
            "transaction_id": id, "seq": integer, "type": words(LedgerEntryType.self), "amount": amount,
            "currency": currency, "game_id": nullable("string"), "payout_id": nullable("string"),
            "description": nullable("string"), "source": string, "entry_id": string, "occurred_at": time,
            "available_at": time, "recorded_at": time,
        ], ["transaction_id", "seq", "type", "amount", "currency", "occurred_at", "available_at", "recorded_at"])

    private static let newPayout = object(["amount": writtenAmount, "currency": currency], ["amount"])

    private static let payout = object(
        [
            "payout_id": id, "developer_id": id, "amount": amount, "currency": currency,
            "status": words(PayoutState.self), "allowed_transitions": array(string), "requested_at": time,
            "processed_at": perhapsTime, "requested_by": nullable("string"), "account_hint": nullable("string"),
            "failure_reason": nullable("string"), "reference": nullable("string"),
            "transaction_details": nullable("object"), "history": array(payoutEvent),
        ], ["payout_id", "developer_id", "amount", "currency", "status", "requested_at"])

    private static let payoutEvent = object(
        [
            "event": string, "source": string, "verdict": words(PayoutEvent.Verdict.self),
            "status": words(PayoutState.self), "reason": nullable("string"), "at": time,
        ], ["event", "source", "verdict", "status", "at"])

    private static func settings(isChange: Bool) -> JSONValue {
        var properties = JSONObject(PayoutDetails.Field.allCases.map { ($0.rawValue, nullable("string")) })
        guard !isChange else { return object(.object(properties), []) }
        properties["configured"] = flag
        properties["version"] = nullable("integer")
        properties["updated_at"] = perhapsTime
        properties["changed_by"] = nullable("string")
        properties["account_hint"] = nullable("string")
        properties["approval"] = nullable("string")
        properties["approved_by"] = nullable("string")
        properties["approved_at"] = perhapsTime
        return object(.object(properties), ["configured"])
    }

    private static let ledgerEntry = object(
        [
            "entry_id": text(128), "developer_id": id,
            "type": ["type": "string", "enum": .array(LedgerEntryType.reported.map { .string($0.rawValue) })],
            "amount": writtenAmount, "currency": currency, "game_id": nullable("string"),
            "description": nullable("string"), "occurred_at": time, "available_at": perhapsTime,
        ], ["entry_id", "developer_id", "type", "amount", "currency", "occurred_at"])

    private static let ledgerEntries: JSONValue = object(
        [
            "entries": [
                "type": "array", "items": reference("LedgerEntry"), "minItems": 1,
                "maxItems": .integer(Finance.largestBatch),
            ]
        ], ["entries"])

    private static let payoutReport = object(
        [
            "status": words(Storefront.PayoutReport.self), "message_id": nullable("string"),
            "reason": nullable("string"),
            "reference": nullable("string"), "details": details,
        ], ["status"])

    private static let payoutVerdict = object(
        [
            "payout_id": id, "status": words(PayoutState.self), "applied": flag,
            "verdict": words(PayoutEvent.Verdict.self),
        ], ["payout_id", "status", "applied", "verdict"])
}
