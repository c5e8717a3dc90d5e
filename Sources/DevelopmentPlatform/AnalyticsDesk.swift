import FoundationEssentials
import HTTPTypes
import Hummingbird
import Storefront

/// Analytics Service in small: what the shop sold, and players made up from it.
struct AnalyticsDesk: Sendable {
    let state: PlatformState

    func add(to router: Router<BasicRequestContext>) { router.get("analytics/v1/metrics", use: self.metrics) }

    @Sendable private func metrics(_ request: Request, context: BasicRequestContext) async throws -> Response {
        let query = request.uri.queryParameters
        guard let developer = query["developer_id"], let from = query["from"].flatMap({ CalendarDay(String($0)) }),
            let to = query["to"].flatMap({ CalendarDay(String($0)) }), from <= to
        else { return .refusal(.badRequest, "malformed") }
        let game = query["game_id"], country = query["country"]
        let sales = self.state.read { values in
            values.sales.filter { sale in
                sale.developer == developer && (from...to).contains(sale.day) && game.map { sale.game == $0 } ?? true
                    && country.map { sale.country == $0 } ?? true
            }
        }
        let days = Set(sales.map(\.day)).sorted()
        let countries = Set(sales.map(\.country)).sorted()
        return .json([
            "as_of": .string(Date().formatted(.iso8601)), "totals": Self.values(sales),
            "series": .array(
                days.map { day in
                    ["at": .string(day.description), "values": Self.values(sales.filter { $0.day == day })]
                }),
            "breakdowns": [
                "geography": .array(
                    countries.map { country in
                        let copies = sales.filter { $0.country == country }.reduce(0) { $0 + $1.copies }
                        return ["country": .string(country), "players": .integer(copies), "sales": .integer(copies)]
                    }),
                "demographics": sales.isEmpty ? [] : [["group": "18-34", "share": 1]],
            ],
        ])
    }

    private static func values(_ sales: [PlatformState.Sale]) -> JSONValue {
        let copies = sales.reduce(0) { $0 + $1.copies }
        let rubles = try? Money.sum(sales.map(\.revenue).filter { $0.currency == .rub }, .rub)
        return [
            "sales": .integer(copies), "revenue": (rubles ?? .zero(.rub)).json, "refunds": 0,
            "installs": .integer(copies),
            "dau": .integer(copies), "mau": .integer(copies), "playtime_minutes": .integer(copies * 30),
        ]
    }
}
