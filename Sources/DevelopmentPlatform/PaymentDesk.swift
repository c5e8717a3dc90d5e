import HTTPTypes
import Hummingbird
import Storefront

/// Payment Service in small: takes payouts over, completes each when it is asked about the second time, and has the feed
/// of what was sold.
struct PaymentDesk: Sendable {
    let state: PlatformState
    let api: DeveloperAPI

    func add(to router: Router<BasicRequestContext>) {
        router.post("payment/v1/payouts", use: self.take)
        router.get("payment/v1/payouts/:id", use: self.status)
        router.get("payment/v1/ledger/entries", use: self.entries)
        router.post("desk/payouts/:id/completion", use: self.complete)
        router.post("desk/payouts/:id/failure", use: self.fail)
    }

    @Sendable private func take(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let object = try await request.object()
        guard let id = object.text("payout_id"), let amount = object.text("amount"),
            let currency = object.text("currency"), case .object? = object["details"]
        else { return .refusal(.badRequest, "malformed") }
        let payout = self.state.change { values in
            let payout =
                values.payouts[id]
                ?? PlatformState.Payout(
                    amount: amount, currency: currency, reference: "DEV-\(values.payouts.count + 1)")
            values.payouts[id] = payout
            return payout
        }
        guard payout.amount == amount, payout.currency == currency else {
            return .refusal(.unprocessableContent, "idempotency-key-reused")
        }
        return .json(Self.json(payout), .accepted)
    }

    @Sendable private func status(_ request: Request, context: BasicRequestContext) async throws -> Response {
        guard let id = context.parameters.get("id") else { return .refusal(.notFound, "not-found") }
        let payout = self.state.change { values -> PlatformState.Payout? in
            guard var payout = values.payouts[id] else { return nil }
            payout.questions += 1
            if payout.questions >= 2, payout.status == "processing" { payout.status = "completed" }
            values.payouts[id] = payout
            return payout
        }
        guard let payout else { return .refusal(.notFound, "not-found") }
        return .json(Self.json(payout))
    }

    /// `POST /desk/payouts/{id}/completion`: has the bank be quick, and tells the Developer Service.
    @Sendable private func complete(_ request: Request, context: BasicRequestContext) async throws -> Response {
        try await self.end(context, "completed", reason: nil)
    }

    /// `POST /desk/payouts/{id}/failure`: has the bank refuse, as banks do at times; `{"reason": "…"}`.
    @Sendable private func fail(_ request: Request, context: BasicRequestContext) async throws -> Response {
        try await self.end(context, "failed", reason: try await request.object().text("reason") ?? "refused-by-bank")
    }

    private func end(_ context: BasicRequestContext, _ status: String, reason: String?) async throws -> Response {
        guard let id = context.parameters.get("id") else { return .refusal(.notFound, "not-found") }
        let payout = self.state.change { values -> PlatformState.Payout? in
            guard values.payouts[id]?.status == "processing" else { return nil }
            values.payouts[id]?.status = status
            values.payouts[id]?.reason = reason
            return values.payouts[id]
        }
        guard let payout, case .object(var message) = Self.json(payout) else {
            return .refusal(.conflict, "not-processing")
        }
        message["message_id"] = .string("\(payout.reference)/\(status)")
        return try await self.api.post("/internal/v1/payouts/\(id)/status", .object(message)).response
    }

    /// The cursor is this run and how many of its entries were read: another run's entries were others.
    @Sendable private func entries(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let cursor = (request.uri.queryParameters["after"] ?? "").split(separator: "/")
        let after = cursor.count == 2 && cursor[0] == self.state.run ? max(0, Int(cursor[1]) ?? 0) : 0
        let limit = request.uri.queryParameters["limit"].flatMap { Int($0) } ?? 500
        let page = self.state.read { values in Array(values.entries.dropFirst(after).prefix(min(max(1, limit), 500))) }
        return .json(["entries": .array(page), "next_cursor": .string("\(self.state.run)/\(after + page.count)")])
    }

    private static func json(_ payout: PlatformState.Payout) -> JSONValue {
        ["status": .string(payout.status), "reference": .string(payout.reference), "reason": .text(payout.reason)]
    }
}
