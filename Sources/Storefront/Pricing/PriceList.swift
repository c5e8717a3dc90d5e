/// What a game costs without a discount: at home, and where the company says otherwise.
public struct PriceList: Hashable, Sendable {
    /// In roubles; 0 for a game that is free.
    public var base: Money
    /// Literal prices, each in the currency of its country.
    public var regional: [Country: Money]

    public init(base: Money, regional: [Country: Money] = [:]) {
        self.base = base
        self.regional = regional
    }

    /// What a game costs of which nobody has said a price.
    public static let free = PriceList(base: .zero(.rub))

    /// The prices while a discount holds: each the same part of its list price, rounded once in its own currency.
    public func discounted(by discount: Discount) throws(MoneyError) -> PriceList {
        var prices = PriceList(base: try discount.applied(to: self.base, base: self.base))
        for (country, price) in self.regional {
            prices.regional[country] = try discount.applied(to: price, base: self.base)
        }
        return prices
    }

    /// `{"RU": 999.00, "US": 19.99}`: the specification's shape, in order of the countries.
    public var regionalNumbers: JSONValue {
        .object(JSONObject(self.sorted.map { ($0.key.code, $0.value.number) }))
    }

    /// The same with currencies: `{"base": {"amount": …}, "regional": {"RU": {"amount": …}}}`.
    public var json: JSONValue {
        [
            "base": self.base.json,
            "regional": .object(JSONObject(self.sorted.map { ($0.key.code, $0.value.json) })),
        ]
    }

    private var sorted: [(key: Country, value: Money)] { self.regional.sorted { $0.key < $1.key } }
}
