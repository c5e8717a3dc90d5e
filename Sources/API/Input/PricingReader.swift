import FoundationEssentials
import Games
import Storefront

/// Reads the body of a change of prices, every price from its digits.
struct PricingReader {
    private let policy: PricingPolicy
    private var findings: [PricingFinding] = []

    init(_ policy: PricingPolicy) { self.policy = policy }

    /// - Throws: `HTTPProblem` 422 with everything that is wrong.
    static func change(from object: JSONObject, policy: PricingPolicy) throws(HTTPProblem) -> PricingChange {
        var reader = PricingReader(policy)
        var fields = Fields(object)
        var change = PricingChange()
        change.base = reader.price(object["base_price"], .rub, at: "/base_price")
        change.regional = reader.regional(object["regional_prices"])
        change.discount = reader.price(object["discount_price"], .rub, at: "/discount_price")
        change.discountStart = fields.timeUpdate("discount_start_date")
        change.discountEnd = fields.timeUpdate("discount_end_date")
        try fields.finish()
        guard reader.findings.isEmpty else { throw .priceInvalid(reader.findings) }
        return change
    }

    /// The discount of a promotion: so many percent off, or a price; nil when neither is there.
    ///
    /// - Throws: `HTTPProblem` 422 when both are there, or what is there is wrong.
    static func discount(from object: JSONObject, policy: PricingPolicy) throws(HTTPProblem) -> Discount? {
        var reader = PricingReader(policy)
        var fields = Fields(object)
        let percent = fields.optionalNumber("discount_percent", 1...99)
        let price = reader.price(object["discount_price"], .rub, at: "/discount_price")
        try fields.finish()
        guard reader.findings.isEmpty else { throw .priceInvalid(reader.findings) }
        switch (percent, price) {
        case (nil, .set(let price)): return .price(price)
        case (let percent?, .keep), (let percent?, .clear): return .percent(percent)
        case (nil, .keep), (nil, .clear): return nil
        case (_?, .set):
            throw .invalid("/discount_price", "conflict", "give either discount_percent or discount_price")
        }
    }

    private mutating func price(_ json: JSONValue?, _ currency: Currency, at pointer: String) -> Update<Money> {
        switch json {
        case nil: return .keep
        case .null?: return .clear
        case let value?:
            switch self.policy.price(value, currency, at: pointer) {
            case .success(let price): return .set(price)
            case .failure(let refusal):
                self.findings.append(refusal.finding)
                return .keep
            }
        }
    }

    /// All regional prices at once; a country that is null is left out.
    private mutating func regional(_ json: JSONValue?) -> Update<[Country: Money]> {
        switch json {
        case nil: return .keep
        case .null?: return .clear
        case .object(let object)?:
            var prices: [Country: Money] = [:]
            for (code, value) in object.members {
                let pointer = "/regional_prices/\(JSONPointer.escape(code))"
                guard let country = Country(code) else {
                    self.findings.append(
                        PricingFinding(
                            .error, pointer, "unknown-value",
                            "must be a country as ISO 3166-1 alpha-2 has it, such as RU"))
                    continue
                }
                if case .set(let price) = self.price(value, country.currency, at: pointer) { prices[country] = price }
            }
            return .set(prices)
        case let value?:
            self.findings.append(
                PricingFinding(.error, "/regional_prices", "type", "must be an object, not \(value.kind)"))
            return .keep
        }
    }
}
