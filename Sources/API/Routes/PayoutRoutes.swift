import Access
import Content
import Finance
import HTTPTypes
import Hummingbird
import Storefront

extension HTTPField.Name {
    static let payoutKey = HTTPField.Name("Idempotency-Key") ?? .eTag
    static let payoutReplayed = HTTPField.Name("Idempotency-Replayed") ?? .eTag
}

/// The company's money on its way to its bank.
struct PayoutRoutes: Sendable {
    private let finance: Finance
    private let cursors: CursorCodec
    private let limits: APILimits

    init(_ services: APIServices) {
        self.finance = services.finance
        self.cursors = services.cursors
        self.limits = services.limits
    }

    /// `POST /finance/payouts`.
    ///
    /// The key is kept with the payout itself, in the transaction that sets the money aside: a repeat finds the payout or
    /// makes it, whatever died in between.
    @Sendable func request(_ request: Request, context: APIContext) async throws -> Response {
        var fields = Fields(try await request.readObject(within: self.limits))
        let currency = fields.currency("currency")
        let amount = fields.requiredAmount("amount", currency)
        try fields.finish()
        let key = try Self.key(request)
        guard let amount else { throw HTTPProblem.unexpected }
        let principal = try context.requirePrincipal()
        let answer = try await self.finance.request(
            PayoutRequest(developer: principal.developer, user: principal.user, amount: amount, key: key))
        var headers: HTTPFields = [.location: "\(RouteTable.prefix)/finance/payouts/\(answer.payout.id)"]
        var status = HTTPResponse.Status.created
        if case .repeated = answer {
            headers[.payoutReplayed] = "true"
            // With a key the answer is the first one's again; without, the client is told that nothing new was made.
            if key == nil { status = .ok }
        }
        return .json(
            .object(FinanceJSON.payout(answer.payout)), status: status,
            tag: EntityTag(revision: answer.payout.revision),
            headers: headers)
    }

    /// `GET /finance/payouts`.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        let status = query.choice("status", of: PayoutState.self)
        let limit = query.limit()
        let after = query.position(self.cursors, for: "payouts") { PayoutID($0) }
        try query.finish()
        let payouts = try await self.finance.payouts(
            of: try context.requireDeveloper(), status: status, after: after, limit: Page<PayoutRecord>.probe(limit))
        return Page(payouts, limit: limit).response(
            request, codec: self.cursors, list: "payouts",
            cursor: { $0.position.fields },
            json: { .object(FinanceJSON.payout($0)) })
    }

    /// `GET /finance/payouts/{payout_id}`: with everything that was said of it.
    @Sendable func get(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("payout_id", of: Payout.self)
        guard let payout = try await self.finance.payout(id, of: try context.requireDeveloper()) else {
            throw HTTPProblem.notFound
        }
        var object = FinanceJSON.payout(payout)
        object["history"] = .array(try await self.finance.history(of: id).map(FinanceJSON.event))
        // Without a 304: what was said and not believed changes the history, not the payout.
        return .json(.object(object), tag: EntityTag(revision: payout.revision))
    }

    /// `POST /finance/payouts/{payout_id}/cancel`: until it is handed over.
    @Sendable func cancel(_ request: Request, context: APIContext) async throws -> Response {
        let id = try context.pathIdentifier("payout_id", of: Payout.self)
        let developer = try context.requireDeveloper()
        if let payout = try await self.finance.payout(id, of: developer), payout.failureReason == "cancelled" {
            return .json(.object(FinanceJSON.payout(payout)), tag: EntityTag(revision: payout.revision))
        }
        guard let payout = try await self.finance.cancel(id, of: developer) else { throw HTTPProblem.notFound }
        return .json(.object(FinanceJSON.payout(payout)), tag: EntityTag(revision: payout.revision))
    }

    /// Bare or quoted, as the draft of the header has it.
    private static func key(_ request: Request) throws(HTTPProblem) -> String? {
        let values = request.headers[values: .payoutKey]
        guard let value = values.first else { return nil }
        let isQuoted = value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        let key = isQuoted ? String(value.dropFirst().dropLast()) : value
        guard values.count == 1, TextRules.objection(to: key, length: 1...255, allowsLines: false) == nil else {
            throw .invalid("Idempotency-Key", "format", "must be one text of 1 to 255 characters")
        }
        return key
    }
}
