import Storefront

extension Fields {
    /// A currency of ISO 4217; rubles when nothing is said.
    mutating func currency(_ name: String) -> Currency? {
        switch self.object[name] {
        case nil, .null?: return .rub
        case .string(let text)?:
            guard let currency = Currency(text) else {
                self.fail(name, "format", "must be a currency of ISO 4217 in three upper-case letters, such as RUB")
                return nil
            }
            return currency
        case let value?:
            self.fail(name, "type", "must be a string, not \(value.kind)")
            return nil
        }
    }

    /// An amount of more than nothing, as a number or a string of its digits.
    mutating func requiredAmount(_ name: String, _ currency: Currency?) -> Money? {
        guard let value = self.object[name], value != .null else {
            self.fail(name, "required", "is required")
            return nil
        }
        guard let currency else { return nil }
        do throws(MoneyError) {
            let amount = try Money(value, currency)
            // As much as the specification's decimal(12, 2) holds.
            guard !amount.isNegative, !amount.isZero, amount.minorUnits < 1_000_000_000_000 else {
                self.fail(name, "range", "must be more than 0 and less than 10000000000")
                return nil
            }
            return amount
        } catch .tooPrecise(let digits) {
            self.fail(name, "precision", "must have at most \(digits) digits after the point")
        } catch {
            self.fail(name, "format", "must be an amount such as 1500.00")
        }
        return nil
    }

    /// A day as `2026-11-25`; nil when it is absent or null.
    mutating func day(_ name: String) -> CalendarDay? {
        guard let text = self.optionalText(name, length: 1...40) else { return nil }
        guard let day = CalendarDay(text) else {
            self.fail(name, "format", "must be a day like 2026-11-25")
            return nil
        }
        return day
    }
}
