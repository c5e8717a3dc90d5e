import Storefront
import Testing

@Suite("Rules of prices")
struct PricingRulesTests {
    static let policy = PricingPolicy()

    static func prices(_ base: String, _ regional: [String: String] = [:]) throws -> PriceList {
        var list = PriceList(base: try Money(base, .rub))
        for (code, text) in regional {
            let country = try #require(Country(code))
            list.regional[country] = try Money(text, country.currency)
        }
        return list
    }

    @Test("countries are ISO 3166-1's, each with a currency of ISO 4217")
    func countries() {
        #expect(Country.all.count == 249)
        #expect(Country("RU")?.currency == .rub && Country("US")?.currency == .usd && Country("DE")?.currency == .eur)
        #expect(Country("JP")?.currency.exponent == 0 && Country("KZ")?.currency.code == "KZT")
        for wrong in ["XX", "ru", "RUS", "", "EU", "UK", "ZZ"] { #expect(Country(wrong) == nil, "\(wrong)") }
        #expect(Self.policy.rates.count == 49 && Self.policy.rates[.rub] == Rate(10_000, over: 10_000))
    }

    static let refused: [(JSONValue, String, String)] = [
        (.string("19.999"), "RUB", "precision"), (.string("-1"), "RUB", "range"),
        (.string("100000000"), "RUB", "range"),
        (.string("1.5"), "JPY", "precision"), (.bool(true), "RUB", "format"), (.string("1e3"), "RUB", "format"),
        (.string("99999999999999999999"), "USD", "range"), (.null, "USD", "format"), (.array([]), "USD", "format"),
    ]

    @Test("EP-21: a price that cannot be is refused by its pointer", arguments: refused)
    func refusals(json: JSONValue, code: String, expected: String) throws {
        let currency = try #require(Currency(code))
        guard case .failure(let refusal) = Self.policy.price(json, currency, at: "/p") else {
            Issue.record("taken: \(json)")
            return
        }
        #expect(refusal.finding.code == expected && refusal.finding.pointer == "/p")
        #expect(refusal.finding.severity == .error)
    }

    @Test("PR-1: the dearest price is 99999999.99, to the kopeck")
    func maximum() throws {
        #expect(try Self.policy.price("99999999.99", .rub, at: "").get().text == "99999999.99")
        #expect(Self.policy.maximum(of: try #require(Currency("JPY"))).text == "99999999")
    }

    @Test("AMB-14: a fixed price means the same part off everywhere, rounded once in each currency")
    func discounts() throws {
        let list = try Self.prices("999.00", ["US": "19.99", "JP": "2980", "RU": "999.00", "KW": "5.999"])
        let fixed = try list.discounted(by: .price(Money("749.25", .rub)))
        #expect(fixed.base.text == "749.25")
        #expect(fixed.regionalNumbers.description == #"{"JP":2235,"KW":4.499,"RU":749.25,"US":14.99}"#)
        let percent = try list.discounted(by: .percent(25))
        #expect(percent.regionalNumbers.description == #"{"JP":2235,"KW":4.499,"RU":749.25,"US":14.99}"#)
        #expect(Discount.price(try Money("749.25", .rub)).percent(off: list.base) == 25)
        #expect(Discount.price(try Money("0.00", .rub)).percent(off: list.base) == 100)
        #expect(Discount.price(try Money("998.99", .rub)).percent(off: list.base) == 0)
        #expect(Discount.percent(40).percent(off: list.base) == 40)
    }

    @Test("a discount is less than the price it takes from")
    func objections() throws {
        let list = try Self.prices("999.00")
        let objection = { (discount: Discount, list: PriceList) in
            Self.policy.objection(to: discount, on: list, at: "/d")?.code
        }
        #expect(objection(.price(try Money("998.99", .rub)), list) == nil)
        #expect(objection(.price(try Money("999.00", .rub)), list) == "discount")
        #expect(objection(.price(try Money("1000", .rub)), list) == "discount")
        for percent in [0, 100, -5] { #expect(objection(.percent(percent), list) == "range") }
        #expect(objection(.percent(10), list) == nil)
        #expect(objection(.percent(10), PriceList.free) == "discount")
    }

    @Test("a regional price far below the base price is warned of, or not taken")
    func bands() throws {
        let fair = try Self.prices("999.00", ["RU": "999.00", "US": "19.99", "KZ": "4000", "VU": "1"])
        #expect(Self.policy.bands(of: fair).isEmpty)
        // 999.00 roubles: half of it is 499.50, a tenth 99.90.
        let findings = Self.policy.bands(
            of: try Self.prices("999.00", ["RU": "499.50", "BY": "17", "US": "1.11", "DE": "0.90", "TR": "9"]))
        #expect(findings.map { String($0.pointer.suffix(2)) } == ["BY", "DE", "TR", "US"])
        let severities = Dictionary(uniqueKeysWithValues: findings.map { ($0.pointer, $0.severity) })
        #expect(severities["/regional_prices/RU"] == nil)
        #expect(severities["/regional_prices/BY"] == .warning)
        #expect(severities["/regional_prices/US"] == .warning)
        #expect(severities["/regional_prices/DE"] == .error)
        #expect(severities["/regional_prices/TR"] == .error)
        #expect(Self.policy.bands(of: try Self.prices("0", ["RU": "0"])).isEmpty)
    }
}
