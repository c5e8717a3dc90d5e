import Storefront
import Testing

/// Properties of prices and discounts over many made-up ones, the same each time.
@Suite("Discounts, whatever the price")
struct DiscountPropertyTests {
    private static let currencies = ["RUB", "USD", "JPY", "KWD", "KZT"].compactMap { Currency($0) }

    private static func prices(_ seed: UInt64, _ body: (inout Numbers, Money, Currency) throws -> Void) throws {
        var numbers = Numbers(state: seed)
        for _ in 0..<2000 {
            let currency = Self.currencies[Int(numbers.next() % UInt64(Self.currencies.count))]
            // Small ones are where rounding shows.
            let units = Int64(numbers.next() % (numbers.next().isMultiple(of: 2) ? 200 : 1_000_000_000)) + 1
            try body(&numbers, Money(minorUnits: units, currency), currency)
        }
    }

    @Test(
        "PR-3: a discount never raises a price, never goes below nothing, and is exact to half a minor unit",
        arguments: [1, 2, 3] as [UInt64])
    func percent(seed: UInt64) throws {
        try Self.prices(seed) { numbers, price, _ in
            let percent = Int(numbers.next() % 99) + 1
            let left = try Discount.percent(percent).applied(to: price, base: price)
            #expect(left.minorUnits >= 0 && left.minorUnits <= price.minorUnits)
            let exact = Int128(price.minorUnits) * Int128(100 - percent)
            let error = Int128(left.minorUnits) * 100 - exact
            #expect(-50...50 ~= error, "\(price) \(percent)")
            // Half to even.
            if error == 50 || error == -50 { #expect(left.minorUnits.isMultiple(of: 2)) }
            // A larger discount never leaves more.
            if percent < 99 {
                let more = try Discount.percent(percent + 1).applied(to: price, base: price)
                #expect(more.minorUnits <= left.minorUnits)
            }
        }
    }

    @Test(
        "PR-4, AMB-14: a fixed price is that price at home, and the same part everywhere else",
        arguments: [4, 5] as [UInt64])
    func fixed(seed: UInt64) throws {
        try Self.prices(seed) { numbers, base, currency in
            let discounted = Money(minorUnits: Int64(numbers.next() % UInt64(base.minorUnits)), currency)
            let discount = Discount.price(discounted)
            #expect(try discount.applied(to: base, base: base) == discounted)
            let badge = discount.percent(off: base)
            #expect((0...100).contains(badge))
            #expect(Int128(badge) * Int128(base.minorUnits) <= Int128(base.minorUnits - discounted.minorUnits) * 100)
            let abroad = Money(minorUnits: Int64(numbers.next() % 1_000_000) + 1, Self.currencies[0])
            let left = try discount.applied(to: abroad, base: base)
            if abroad != base {
                let error =
                    Int128(left.minorUnits) * Int128(base.minorUnits)
                    - Int128(abroad.minorUnits) * Int128(discounted.minorUnits)
                #expect(error.magnitude * 2 <= Int128(base.minorUnits).magnitude)
            }
        }
    }

    @Test("PR-1: what is written is read again, digit for digit", arguments: [6, 7] as [UInt64])
    func text(seed: UInt64) throws {
        try Self.prices(seed) { numbers, price, currency in
            let signed = Money(
                minorUnits: numbers.next().isMultiple(of: 2) ? price.minorUnits : -price.minorUnits, currency)
            let read = try Money(signed.text, currency)
            let parsed = try Money(try JSONParser.parse(price.number.encoded()), currency)
            #expect(read == signed && parsed == price)
        }
    }

    @Test(
        "FI-2: a sum is the same in whatever order, and what is taken away again was never there",
        arguments: [8, 9] as [UInt64])
    func sums(seed: UInt64) throws {
        var numbers = Numbers(state: seed)
        let amounts = (0..<500).map { _ in
            Money(minorUnits: Int64(bitPattern: numbers.next()) % 1_000_000_000, .rub)
        }
        let total = try Money.sum(amounts, .rub)
        #expect(try Money.sum(amounts.shuffled(using: &numbers), .rub) == total)
        #expect(try Money.sum(amounts.reversed(), .rub) == total)
        #expect(total.minorUnits == amounts.reduce(0) { $0 + $1.minorUnits })
        for amount in amounts.prefix(50) { #expect(try total.adding(amount).subtracting(amount) == total) }
    }
}

/// Sebastiano Vigna's splitmix64.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
