import Content
import Finance
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// The company's money: what it has, and how it came to it.
struct FinanceRoutes: Sendable {
    private let finance: Finance
    private let cursors: CursorCodec

    init(_ services: APIServices) {
        self.finance = services.finance
        self.cursors = services.cursors
    }

    /// `GET /finance/balance`: in rubles always, in other currencies where there ever was anything.
    @Sendable func balance(_ request: Request, context: APIContext) async throws -> Response {
        let (balances, asOf) = try await self.finance.balances(of: try context.requireDeveloper())
        var items = balances.map(FinanceJSON.balance)
        if !balances.contains(where: { $0.currency == .rub }) {
            let zero = Money.zero(.rub).number
            items.insert(
                ["currency": "RUB", "available": zero, "pending": zero, "reserved": zero, "total": zero], at: 0)
        }
        let minimums = self.finance.policy.minimums.values.sorted { $0.currency < $1.currency }
        return .json([
            "balances": .array(items), "as_of": .time(asOf), "minimum_payouts": .array(minimums.map(\.json)),
        ])
    }

    /// `GET /finance/transactions`: newest first; with `since_seq` those after it, oldest first.
    @Sendable func transactions(_ request: Request, context: APIContext) async throws -> Response {
        var query = QueryFields(request)
        var filter = LedgerFilter()
        filter.types = query.choices("type", of: LedgerEntryType.self)
        if let code = query.text("currency", maximumLength: 10) {
            filter.currency = Currency(code)
            if filter.currency == nil {
                query.fail("currency", "format", "must be a currency of ISO 4217, such as RUB")
            }
        }
        filter.game = query.identifier("game_id", of: Game.self)
        filter.from = query.moment("from", endOfDay: false)
        filter.until = query.moment("to", endOfDay: true)
        if let from = filter.from, let until = filter.until, from >= until {
            query.fail("from", "range", "must be before to")
        }
        let since = query.integer("since_seq", 0...Int.max)
        let limit = query.limit()
        let cursor = query.cursor(self.cursors, for: "transactions", fields: 2)
        try query.finish()
        let start = try Self.start(cursor, since: since)
        let records = try await self.finance.transactions(
            of: try context.requireDeveloper(), filter, start, limit: Page<LedgerRecord>.probe(limit))
        let direction = if case .after = start { "after" } else { "before" }
        return Page(records, limit: limit).response(
            request, codec: self.cursors, list: "transactions", cursor: { [direction, "\($0.seq)"] },
            json: FinanceJSON.transaction)
    }

    private static func start(_ cursor: [String]?, since: Int?) throws(HTTPProblem) -> LedgerStart {
        guard let cursor else { return since.map { .after(Int64($0)) } ?? .before(nil) }
        guard let seq = Int64(cursor[1]) else { throw .unexpected }
        return cursor[0] == "after" ? .after(seq) : .before(seq)
    }
}
