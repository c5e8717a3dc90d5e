import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// A shop in small: sells copies, which become entries of the ledger's feed and numbers of analytics.
struct ShopDesk: Sendable {
    let state: PlatformState

    /// What the platform keeps of a price, in hundredths.
    private static let commission = 30

    func add(to router: Router<BasicRequestContext>) { router.post("desk/sales", use: self.sell) }

    /// `POST /desk/sales`: `{"developer_id", "game_id", "copies": 3, "price": "999.00", "currency": "RUB", "country": "RU"}`.
    @Sendable private func sell(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let object = try await request.object()
        guard let developer = object.text("developer_id"), let game = object.text("game_id"),
            let copies = object.integer("copies"), (1...1_000_000).contains(copies),
            let currency = Currency(object.text("currency") ?? "RUB"),
            let price = object["price"].flatMap({ try? Money($0, currency) }), price.minorUnits > 0
        else { return .refusal(.unprocessableContent, "malformed") }
        let revenue = try price.multiplied(by: copies, over: 1)
        let fee = try revenue.percent(Self.commission)
        let now = Date()
        let time = now.formatted(.iso8601)
        let country = object.text("country") ?? "RU"
        let count = self.state.change { values in
            let number = values.entries.count
            for (id, type, amount) in [
                ("sale-\(number)", "sale", revenue.text), ("fee-\(number)", "fee", "-\(fee.text)"),
            ] where amount != "-\(Money.zero(currency).text)" {
                values.entries.append([
                    "entry_id": .string("\(self.state.run)-\(id)"), "developer_id": .string(developer),
                    "type": .string(type),
                    "amount": .string(amount), "currency": .string(currency.code), "game_id": .string(game),
                    "occurred_at": .string(time),
                ])
            }
            values.sales.append(
                PlatformState.Sale(
                    developer: developer, game: game, day: CalendarDay(containing: now.timeIntervalSince1970),
                    copies: copies, revenue: revenue, country: country))
            return values.entries.count
        }
        return .json(
            ["revenue": revenue.json, "fee": fee.json, "entries": .integer(count)], .created)
    }
}
