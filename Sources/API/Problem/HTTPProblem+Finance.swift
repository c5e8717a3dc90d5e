import Analytics
import Content
import Envelope
import Finance
import FoundationEssentials
import HTTPTypes
import Storefront

extension HTTPProblem {
    /// The one place where a refusal about money becomes a status.
    init(_ error: FinanceError) {
        switch error {
        case .companyNotVerified(let verification):
            self.init(
                status: .forbidden, code: "company-not-verified",
                detail: "Only verified companies are paid out; yours is \(verification.rawValue).",
                members: JSONObject([("current", .string(verification.rawValue))]))
        case .belowMinimum(let minimum):
            self.init(
                status: .unprocessableContent, code: "payout-below-minimum", detail: "At least \(minimum) is paid out.",
                members: JSONObject([("minimum", minimum.json)]))
        case .currencyNotPaid(_, let paid):
            let known = paid.map(\.code).joined(separator: ", ")
            self = .invalid("/currency", "unknown-value", "must be one of \(known)")
        case .insufficientFunds(let available):
            self.init(
                status: .conflict, code: "insufficient-funds", detail: "\(available) can be paid out now.",
                members: JSONObject([("available", available.json)]))
        case .detailsMissing, .detailsErased:
            self.init(
                status: .conflict, code: "payout-details-missing", detail: "Nobody said yet where the money goes.",
                members: JSONObject([("hint", "Send them with PUT /api/v1/developer/finance/settings.")]))
        case .cooldown(let until):
            self.init(
                status: .conflict, code: "payout-cooldown",
                detail: "The account was changed a moment ago; for a while nothing is paid out.",
                members: JSONObject([("available_at", .time(until))]))
            self.headers[.retryAfter] = String(max(1, Int(until.timeIntervalSinceNow.rounded(.up))))
        case .approvalNeeded(let version):
            self.init(
                status: .conflict, code: "payout-approval-needed",
                detail: "The account was changed, and nobody but who changed it has looked at it.",
                members: JSONObject([
                    ("version", .integer(version)),
                    (
                        "hint",
                        "Have another administrator or finance member send POST …/finance/settings/approve, or ask the platform."
                    ),
                ]))
        case .secondPersonNeeded:
            self.init(
                status: .forbidden, code: "second-person-required",
                detail: "Whoever had a hand in the change cannot approve it.")
        case .approvalOutdated(let current):
            self.init(
                status: .conflict, code: "approval-outdated",
                detail: "The details are not those any more that you looked at.",
                members: JSONObject([("current", .integer(current))]))
        case .keyRequired:
            self.init(
                status: .badRequest, code: "idempotency-key-required",
                detail: "Send an Idempotency-Key, so that a repeat pays nobody twice.")
        case .keyReused:
            self.init(
                status: .unprocessableContent, code: "idempotency-key-reused",
                detail: "The Idempotency-Key was used for another request.")
        case .stale(let current): self = .stale(current: EntityTag(revision: Int64(current)))
        case .entryConflict(let id):
            self.init(
                status: .conflict, code: "entry-conflict",
                detail: "An entry of this id says something else. Nothing of the batch was recorded.",
                members: JSONObject([("entry_id", .string(id))]))
        case .unknownDeveloper(_, let entries):
            self = .invalid(
                entries.prefix(100).map {
                    FieldError(
                        pointer: "/entries/\($0)/developer_id", code: "unknown-value", message: "names no company")
                })
        case .overflow: self = .unexpected
        }
    }

    /// Everything that is wrong with payout details; no value is in it.
    init(_ faults: PayoutDetailsFaults) {
        self = .invalid(
            faults.list.map { FieldError(pointer: "/\($0.field.rawValue)", code: $0.code, message: $0.message) })
    }

    init(_ error: AnalyticsError) {
        switch error {
        case .unavailable: self = .unavailable(retryAfter: 10)
        }
    }

    /// Whatever it is, it is ours to mend, and nothing about keys is for anybody outside.
    init(_ error: EnvelopeError) { self = .unexpected }
}
