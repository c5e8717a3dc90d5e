import Storefront
import Testing

@Suite("Money")
struct MoneyTests {
    static func rub(_ text: String) throws -> Money { try Money(text, .rub) }

    @Test("PR-1: decimals are kept digit for digit: 0.10 and 0.20 are 0.30, and 99999999.99 is the most a price holds")
    func exact() throws {
        #expect(try Self.rub("0.10").adding(Self.rub("0.20")) == Self.rub("0.30"))
        #expect(try Self.rub("99999999.99").minorUnits == 9_999_999_999)
        #expect(try Self.rub("99999999.99").text == "99999999.99")
        let sum = try Money.sum((0..<1_000_000).map { _ in Money(minorUnits: 1, .rub) }, .rub)
        #expect(sum.text == "10000.00")
    }

    static let texts: [(String, String, String)] = [
        ("999", "RUB", "999.00"), ("999.0", "RUB", "999.00"), ("19.99", "USD", "19.99"), ("0", "RUB", "0.00"),
        ("-0.5", "RUB", "-0.50"), ("-0.00", "RUB", "0.00"), ("0.05", "RUB", "0.05"), ("007.10", "RUB", "7.10"),
        ("1500", "JPY", "1500"), ("1500.00", "JPY", "1500"), ("1.234", "KWD", "1.234"), ("1.2", "KWD", "1.200"),
        ("1.5000000", "RUB", "1.50"), ("92233720368547758.07", "RUB", "92233720368547758.07"),
    ]

    @Test("an amount is written with all digits of its currency", arguments: texts)
    func text(read: String, code: String, written: String) throws {
        let currency = try #require(Currency(code))
        #expect(try Money(read, currency).text == written)
        #expect(try Money(.string(read), currency) == Money(read, currency))
    }

    static let refused: [(String, String, MoneyError)] = [
        ("19.999", "RUB", .tooPrecise(digits: 2)), ("1500.5", "JPY", .tooPrecise(digits: 0)),
        ("92233720368547758.08", "RUB", .overflow), ("1e3", "RUB", .malformed), ("", "RUB", .malformed),
        ("-", "RUB", .malformed), (".5", "RUB", .malformed), ("5.", "RUB", .malformed), ("+1", "RUB", .malformed),
        (" 1", "RUB", .malformed), ("1,50", "RUB", .malformed), ("1.2.3", "RUB", .malformed),
        ("--1", "RUB", .malformed),
        ("٣", "RUB", .malformed), ("NaN", "RUB", .malformed), ("1_000", "RUB", .malformed),
        (String(repeating: "9", count: 400), "RUB", .overflow),
    ]

    @Test("what is no amount of the currency is refused, and says why", arguments: refused)
    func refusals(text: String, code: String, error: MoneyError) throws {
        let currency = try #require(Currency(code))
        #expect(throws: error) { try Money(text, currency) }
    }

    @Test("AMB-13: a JSON number is read from its digits, never from a binary fraction")
    func lexical() throws {
        let document = try JSONParser.parse(Array(#"{"a":999.00,"b":0.1,"c":"19.99","d":1e2,"e":null}"#.utf8))
        guard case .object(let object) = document else {
            Issue.record("no object")
            return
        }
        let price = { (name: String) throws(MoneyError) in try Money(object[name] ?? .null, .rub) }
        #expect(try price("a").text == "999.00" && price("b").minorUnits == 10 && price("c").minorUnits == 1999)
        #expect(throws: MoneyError.malformed) { try price("d") }
        #expect(throws: MoneyError.malformed) { try price("e") }
        #expect(try price("a").number.description == "999.00")
        #expect(try price("a").json == ["amount": "999.00", "currency": "RUB"])
    }

    static let halves: [(Int64, Int64, Int64, Int64)] = [
        // amount, factor, divisor, result: ties go to the even neighbour, on both sides of zero
        (5, 1, 2, 2), (15, 1, 2, 8), (25, 1, 2, 12), (-5, 1, 2, -2), (-15, 1, 2, -8), (5, 1, -2, -2), (1, 1, 2, 0),
        (3, 1, 2, 2), (10, 1, 3, 3), (20, 1, 3, 7), (-20, 1, 3, -7), (99_900, 75, 100, 74_925), (0, 5, 7, 0),
        (.max, 1, 1, .max), (.max, 2, 2, .max), (.min, 1, 1, .min),
    ]

    @Test("what does not come out even is rounded half to even", arguments: halves)
    func rounding(amount: Int64, factor: Int64, divisor: Int64, result: Int64) throws {
        let money = Money(minorUnits: amount, .rub)
        #expect(try money.multiplied(by: factor, over: divisor).minorUnits == result)
    }

    @Test("rounding many halves leans to neither side")
    func unbiased() throws {
        // 0.5, 1.5, 2.5 … minor units: the exact sum of 1,000 of them is 500,000.
        let rounded = try (0..<1000).map { try Money(minorUnits: $0 * 2 + 1, .rub).multiplied(by: 1, over: 2) }
        #expect(try Money.sum(rounded, .rub).minorUnits == 500_000)
    }

    @Test("sums beyond 64 bits, other currencies and division by nothing are errors, never traps")
    func errors() throws {
        let most = Money(minorUnits: .max, .rub)
        #expect(throws: MoneyError.overflow) { try most.adding(Money(minorUnits: 1, .rub)) }
        #expect(throws: MoneyError.overflow) {
            try Money(minorUnits: .min, .rub).subtracting(Money(minorUnits: 1, .rub))
        }
        #expect(throws: MoneyError.overflow) { try most.multiplied(by: 3, over: 2) }
        #expect(throws: MoneyError.zeroDivisor) { try most.multiplied(by: 1, over: 0) }
        #expect(throws: MoneyError.differentCurrencies(.rub, .usd)) { try most.adding(.zero(.usd)) }
        #expect(throws: MoneyError.differentCurrencies(.rub, .usd)) { try most.isLess(than: .zero(.usd)) }
    }

    @Test("a conversion rounds once, to the minor unit of the other currency")
    func conversion() throws {
        let yen = try #require(Currency("JPY")), dinar = try #require(Currency("KWD"))
        let dollars = try Money("19.99", .usd)
        #expect(try dollars.converted(at: Rate(150), to: yen).text == "2998")
        #expect(try dollars.converted(at: Rate(30_701, over: 100_000), to: dinar).text == "6.137")
        #expect(try Money("1500", yen).converted(at: Rate(1, over: 150), to: .usd).text == "10.00")
        #expect(throws: MoneyError.overflow) {
            try Money(minorUnits: .max, .usd).converted(at: Rate(.max), to: dinar)
        }
    }

    @Test("currencies are ISO 4217's, with its exponents")
    func currencies() {
        #expect(Currency("RUB")?.exponent == 2 && Currency("JPY")?.exponent == 0 && Currency("BHD")?.exponent == 3)
        for wrong in ["RU", "rub", "XXX", "XAU", "", "RUBL", "РУБ"] { #expect(Currency(wrong) == nil, "\(wrong)") }
        #expect(Currency.all.count == Set(Currency.all.map(\.code)).count && Currency.all.count > 150)
        #expect(Currency.all.allSatisfy { $0.code.utf8.count == 3 && Currency($0.code) == $0 })
    }
}
