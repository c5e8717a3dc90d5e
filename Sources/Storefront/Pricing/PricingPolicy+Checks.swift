extension PricingPolicy {
    /// Reads and checks one price.
    ///
    /// - Parameter pointer: where it stands in the body.
    /// - Returns: the price, or what is wrong with it.
    public func price(_ json: JSONValue, _ currency: Currency, at pointer: String) -> Result<Money, PricingRefusal> {
        let price: Money
        do throws(MoneyError) {
            price = try Money(json, currency)
        } catch {
            switch error {
            case .tooPrecise(let digits):
                return self.refuse(pointer, "precision", "must have at most \(digits) digits behind the point")
            case .overflow: return self.refuse(pointer, "range", "must be at most \(self.maximum(of: currency).text)")
            case .malformed, .differentCurrencies, .zeroDivisor:
                return self.refuse(
                    pointer, "format", "must be a number like 999.00, or a string of its digits, without an exponent")
            }
        }
        guard !price.isNegative else { return self.refuse(pointer, "range", "must not be negative") }
        guard price.minorUnits <= self.maximum(of: currency).minorUnits else {
            return self.refuse(pointer, "range", "must be at most \(self.maximum(of: currency).text)")
        }
        return .success(price)
    }

    /// The most a price can be: `99999999.99` roubles.
    public func maximum(of currency: Currency) -> Money {
        Money(minorUnits: self.maximumUnits * currency.minorUnitsPerUnit + currency.minorUnitsPerUnit - 1, currency)
    }

    /// Compares regional prices with the base price.
    ///
    /// - Returns: in order of the countries; empty for a free game, and for currencies without a rate.
    public func bands(of prices: PriceList) -> [PricingFinding] {
        guard prices.base.minorUnits > 0 else { return [] }
        return prices.regional.sorted { $0.key < $1.key }.compactMap { country, price in
            guard let rate = self.rates[price.currency],
                let value = try? price.converted(at: rate, to: prices.base.currency),
                // Hundredths of the base price that are missing, exactly: no rounding decides.
                case let missing = Int128(prices.base.minorUnits - value.minorUnits) * 100,
                missing > Int128(prices.base.minorUnits) * Int128(self.warnedBelow)
            else { return nil }
            let isRefused = missing > Int128(prices.base.minorUnits) * Int128(self.refusedBelow)
            let limit = isRefused ? self.refusedBelow : self.warnedBelow
            return PricingFinding(
                isRefused ? .error : .warning, "/regional_prices/\(country.code)", "band",
                "\(price) is about \(value), more than \(limit) % below the base price of \(prices.base)")
        }
    }

    /// Checks a discount against the list prices.
    ///
    /// - Parameter pointer: where the discount stands in the body.
    public func objection(to discount: Discount, on prices: PriceList, at pointer: String) -> PricingFinding? {
        switch discount {
        case .percent(let percent):
            guard (1...99).contains(percent) else {
                return PricingFinding(.error, pointer, "range", "must be 1 to 99")
            }
        case .price(let price):
            guard price.minorUnits < prices.base.minorUnits else {
                return PricingFinding(
                    .error, pointer, "discount", "must be less than the base price of \(prices.base.text)")
            }
        }
        guard prices.base.minorUnits > 0 else {
            return PricingFinding(.error, pointer, "discount", "a free game cannot be discounted")
        }
        return nil
    }

    private func refuse(_ pointer: String, _ code: String, _ message: String) -> Result<Money, PricingRefusal> {
        .failure(PricingRefusal(finding: PricingFinding(.error, pointer, code, message)))
    }
}

/// A price that is not taken.
public struct PricingRefusal: Error, Hashable, Sendable {
    public let finding: PricingFinding
}
