public import Analytics
public import Content
public import Finance
import FoundationEssentials
public import JobQueue
import Platform
public import Postgres
public import Storefront

/// What follows when a payout or a report moves: the job that does the rest, and the events that tell people.
public struct MoneyFacts: PayoutObserver, ReportObserver {
    let events: Events
    let queue: JobQueue
    /// How long a payout waits for second thoughts.
    let handOverDelay: Duration

    public init(events: Events, queue: JobQueue, handOverDelay: Duration) {
        self.events = events
        self.queue = queue
        self.handOverDelay = handOverDelay
    }

    public func payoutMoved(_ payout: PayoutRecord, in transaction: Transaction) async throws {
        if payout.status == .requested {
            // No company in the scope: lists of a company's jobs are for people who do not see its money.
            try await self.queue.enqueue(
                SendPayout(payout: payout.id), scope: JobScope(id: payout.id.uuid, developer: nil),
                delay: self.handOverDelay, in: transaction)
        }
        try await self.events.tell(
            try OutgoingEvent(
                type: "payout.\(payout.status.rawValue)", developer: payout.developer, aggregate: "payout/\(payout.id)",
                data: PayoutMoved(payout)),
            in: transaction)
    }

    public func detailsChanged(_ settings: PaymentSettings, in transaction: Transaction) async throws {
        let word = settings.approval.state == .approved ? "approved" : "changed"
        try await self.events.tell(
            try OutgoingEvent(
                type: "payment_settings.\(word)", developer: settings.developer,
                aggregate: "payment_settings/\(settings.developer)", data: DetailsChanged(settings)),
            in: transaction)
    }

    public func thresholdReached(
        by developer: DeveloperID, available: Money, in transaction: Transaction
    ) async throws {
        try await self.events.tell(
            try OutgoingEvent(
                type: "payout.threshold_reached", developer: developer, aggregate: "finance/\(developer)",
                data: ["available": available.text, "currency": available.currency.code]),
            in: transaction)
    }

    public func reportMoved(_ report: ReportRecord, in transaction: Transaction) async throws {
        switch report.status {
        case .queued:
            try await self.queue.enqueue(
                GenerateReport(report: report.id), scope: JobScope(id: report.id.uuid, developer: nil), in: transaction)
        case .ready, .failed:
            try await self.events.tell(
                try OutgoingEvent(
                    type: "report.\(report.status.rawValue)", developer: report.developer,
                    aggregate: "report/\(report.id)", data: ReportMoved(report)),
                in: transaction)
        case .generating, .expired: break
        }
    }
}

/// The data of `payout.…`; nothing of where the money goes.
private struct PayoutMoved: Encodable {
    let payoutId: PayoutID
    let amount: String
    let currency: String
    let status: String
    let reason: String?

    init(_ payout: PayoutRecord) {
        self.payoutId = payout.id
        self.amount = payout.amount.text
        self.currency = payout.amount.currency.code
        self.status = payout.status.rawValue
        self.reason = payout.failureReason
    }
}

/// The data of `payment_settings.…`: of the account the last four digits.
private struct DetailsChanged: Encodable {
    let version: Int
    let accountHint: String
    let approval: String
    let changedBy: UserID?
    let approvedBy: String?

    init(_ settings: PaymentSettings) {
        self.version = settings.version
        self.accountHint = settings.accountHint
        self.approval = settings.approval.state.rawValue
        self.changedBy = settings.createdBy
        self.approvedBy = settings.approval.approvedBy
    }
}

/// The data of `report.…`.
private struct ReportMoved: Encodable {
    let reportId: ReportID
    let type: String
    let status: String
    let size: Int64?

    init(_ report: ReportRecord) {
        self.reportId = report.id
        self.type = report.request.type.rawValue
        self.status = report.status.rawValue
        self.size = report.file?.size
    }
}
