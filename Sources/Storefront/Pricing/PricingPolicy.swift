/// What prices may be.
public struct PricingPolicy: Sendable {
    /// The most of any price, in units of its currency: what `DECIMAL(10,2)` holds.
    public var maximumUnits: Int64
    /// Hundredths below the base price from which on a regional price is warned of.
    public var warnedBelow: Int
    /// Hundredths below the base price from which on a regional price is not taken.
    public var refusedBelow: Int
    /// How long players see the full price between two discounts, and after it was raised.
    public var cooldown: Duration
    /// The longest discount.
    public var longestDiscount: Duration
    /// Roubles for one unit of a currency, to tell a slip of the hand from a price. Currencies without one are not
    /// compared.
    public var rates: [Currency: Rate]

    public init(
        maximumUnits: Int64 = 99_999_999, warnedBelow: Int = 50, refusedBelow: Int = 90,
        cooldown: Duration = .seconds(30 * 86_400), longestDiscount: Duration = .seconds(366 * 86_400),
        rates: [Currency: Rate] = PricingPolicy.roughRates
    ) {
        self.maximumUnits = maximumUnits
        self.warnedBelow = warnedBelow
        self.refusedBelow = refusedBelow
        self.cooldown = cooldown
        self.longestDiscount = longestDiscount
        self.rates = rates
    }

    /// Rough on purpose, of the year 2026, in 1/10,000 rouble: no price is ever computed with them.
    ///
    /// They only tell `1999` dollars from `19.99`.
    public static let roughRates: [Currency: Rate] = {
        let listed = """
            AED 245000 AMD 2300 ARS 700 AUD 600000 AZN 530000 BRL 160000 BYN 280000 CAD 650000 CHF 1050000 CLP 950
            CNY 125000 COP 220 CZK 40000 DKK 133000 EUR 1000000 GBP 1150000 GEL 330000 HKD 115000 HUF 2500 IDR 56
            ILS 250000 INR 10500 JPY 6000 KGS 10300 KRW 650 KZT 1800 MDL 50000 MXN 47000 MYR 200000 NOK 85000 NZD 540000
            PEN 240000 PLN 230000 RON 200000 RSD 8500 RUB 10000 SAR 240000 SEK 87000 SGD 680000 THB 26000 TJS 84000
            TMT 260000 TRY 22000 TWD 28000 UAH 22000 USD 900000 UZS 72 VND 36 ZAR 50000
            """
        let words = listed.split { $0 == " " || $0 == "\n" }
        var rates: [Currency: Rate] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            guard let currency = Currency(String(words[index])), let amount = Int64(words[index + 1]) else { continue }
            rates[currency] = Rate(amount, over: 10_000)
        }
        return rates
    }()
}
