import Content
import Finance
import HTTPTypes
import Hummingbird
import Logging
import Storefront

/// What Payment Service tells: entries of the ledger, and how payouts are.
struct InternalFinanceRoutes: Sendable {
    private let finance: Finance
    private let limits: APILimits

    init(_ services: APIServices) {
        self.finance = services.finance
        self.limits = services.limits
    }

    /// `POST /internal/v1/ledger/entries`: all of them or none; what is known already changes nothing.
    @Sendable func record(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let items = fields.requiredArray("entries", count: 1...Finance.largestBatch) ?? []
        var entries: [LedgerEntry] = []
        for (index, item) in items.enumerated() where fields.errors.count < 100 {
            do {
                entries.append(try LedgerEntry(item))
            } catch {
                for fault in error.list {
                    fields.fail(at: "/entries/\(index)\(fault.pointer)", fault.code, fault.message)
                }
            }
        }
        try fields.finish()
        let recorded = try await self.finance.record(entries, from: PaymentClient.source)
        return .json(["recorded": .integer(recorded.new), "repeated": .integer(recorded.repeated)])
    }

    /// `POST /internal/v1/developers/{developer_id}/payment-settings/approval`: stands in for the second person of a company
    /// that has one only. Of the details it tells the version and the last digits, nothing else.
    @Sendable func approveDetails(_ request: Request, context: APIContext) async throws -> Response {
        let developer = try context.pathIdentifier("developer_id", of: Developer.self)
        let version = try await PaymentSettingsRoutes.approvedVersion(request, within: self.limits)
        let settings = try await self.finance.approveDetails(
            of: developer, version: version, by: .platform(context.serviceName))
        guard let settings else { throw HTTPProblem.notFound }
        return .json(FinanceJSON.approval(settings))
    }

    /// `POST /internal/v1/payouts/{payout_id}/status`.
    @Sendable func hear(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("payout_id", of: Payout.self)
        var fields = Fields(try await request.readObject(within: self.limits))
        let report = fields.choice("status", of: PayoutReport.self)
        if report == nil, fields.errors.isEmpty { fields.fail("status", "required", "is required") }
        let messageID = fields.optionalText("message_id", length: 1...128)
        let reason = fields.optionalText("reason", length: 1...500)
        let reference = fields.optionalText("reference", length: 1...255)
        let details = fields.objectChange("details", maximumSize: .kibibytes(16))
        try fields.finish()
        guard let report else { throw HTTPProblem.unexpected }
        var kept: JSONValue?
        if case .set(let value)? = details { kept = value }
        let message = PayoutMessage(
            report, id: messageID, source: PaymentClient.source, reason: reason, reference: reference, details: kept)
        guard let (payout, verdict) = try await self.finance.hear(message, about: id) else {
            throw HTTPProblem.notFound
        }
        if verdict == .contradiction {
            Logger.current.error(
                "payment service contradicts what is settled",
                metadata: ["payout.id": "\(id)", "payout.status": "\(payout.status)", "claimed": "\(report)"])
        }
        return .json([
            "payout_id": .string(id.description), "status": .string(payout.status.rawValue),
            "applied": .bool(verdict == .applied), "verdict": .string(verdict.rawValue),
        ])
    }
}
