public import Content
public import Platform
import Storefront

/// Payment Service, as `ops/contracts/payment.openapi.json` describes it.
public struct PaymentClient: Sendable {
    private let service: ServiceClient

    /// As whom its messages are taken down, and whose ids the ledger's entries have.
    public static let source = "payment-service"

    public init(_ service: ServiceClient) { self.service = service }

    /// Gives it a payout. The payout's id is the idempotency key: asking again is asking once.
    ///
    /// - Returns: what it says of the payout now.
    /// - Throws: `ServiceError`; `ServiceError/refused(service:status:code:)` when it will never take it.
    public func send(_ order: PayoutOrder) async throws -> PayoutMessage {
        let details = JSONObject(
            PayoutDetails.Field.allCases.compactMap { field in
                order.details[field].map { (field.rawValue, .string($0)) }
            })
        let body: JSONValue = [
            "payout_id": .string(order.payout.description), "developer_id": .string(order.developer.description),
            "amount": .string(order.amount.text), "currency": .string(order.amount.currency.code),
            "details": .object(details),
        ]
        let answer = try await self.service.answer(
            to: .post("/v1/payouts", body, idempotencyKey: order.payout.description))
        return try self.message(answer)
    }

    /// Asks how a payout is.
    ///
    /// - Returns: nil when it never heard of it.
    public func status(of payout: PayoutID) async throws -> PayoutMessage? {
        do {
            return try self.message(try await self.service.answer(to: .get("/v1/payouts/\(payout)")))
        } catch ServiceError.refused(_, 404, _) {
            return nil
        }
    }

    /// What it has entered since a place in its feed.
    ///
    /// - Parameter cursor: where the last page ended; nil for the beginning.
    /// - Returns: at most ``Finance/largestBatch`` entries, and where the page ends; the same cursor when there is nothing.
    public func entries(after cursor: String?) async throws -> (entries: [LedgerEntry], cursor: String?) {
        var query = [(name: "limit", value: "\(Finance.largestBatch)")]
        if let cursor { query.append((name: "after", value: cursor)) }
        let answer = try await self.service.answer(to: .get("/v1/ledger/entries", query: query))
        guard case .object(let page) = answer, case .array(let items)? = page["entries"],
            items.count <= Finance.largestBatch
        else { throw self.unreadable("a page of the feed has entries") }
        let entries = try items.enumerated().map { index, item in
            do throws(LedgerEntry.Faults) {
                return try LedgerEntry(item)
            } catch {
                throw self.unreadable("entry \(index) of the feed: \(error.list.map { $0.pointer + " " + $0.message })")
            }
        }
        guard case .string(let next)? = page["next_cursor"] else { return (entries, cursor) }
        return (entries, next)
    }

    private func message(_ answer: JSONValue) throws(ServiceError) -> PayoutMessage {
        guard case .object(let object) = answer, case .string(let status)? = object["status"],
            let report = PayoutReport(rawValue: status)
        else { throw self.unreadable("a payout has a status: processing, completed or failed") }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = object[name] else { return nil }
            return String(text.prefix(500))
        }
        let details = object["details"]
        return PayoutMessage(
            report, id: nil, source: Self.source, reason: text("reason"), reference: text("reference"),
            details: details?.kind == "object" ? details : nil)
    }

    private func unreadable(_ reason: String) -> ServiceError {
        .unreadable(service: self.service.name, reason: reason)
    }
}
