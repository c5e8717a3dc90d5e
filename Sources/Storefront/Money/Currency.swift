/// A currency of ISO 4217 that somebody pays with.
///
/// Funds, metals and test codes are not among them.
public struct Currency: Hashable, Sendable {
    /// Three upper-case letters.
    public let code: String

    /// Digits behind the point: ISO 4217's exponent, 0 to 4.
    public let exponent: Int

    /// - Returns: nil when ISO 4217 has no such currency; lower case is another text, not another spelling.
    public init?(_ code: String) {
        guard let exponent = Self.exponents[code] else { return nil }
        self.init(code: code, exponent: exponent)
    }

    private init(code: String, exponent: Int) {
        self.code = code
        self.exponent = exponent
    }

    /// What base prices and, unless somebody says otherwise, payouts are in.
    public static let rub = Currency(code: "RUB", exponent: 2)
    public static let usd = Currency(code: "USD", exponent: 2)
    public static let eur = Currency(code: "EUR", exponent: 2)

    /// Minor units in one unit: 1, 10, 100, 1,000 or 10,000.
    public var minorUnitsPerUnit: Int64 { Self.powersOfTen[self.exponent] }

    static let powersOfTen: [Int64] = [1, 10, 100, 1000, 10_000]

    /// All of them, in order of their codes.
    public static let all: [Currency] = exponents.sorted { $0.key < $1.key }.map {
        Currency(code: $0.key, exponent: $0.value)
    }

    /// ISO 4217 list one, without funds (`CHE`, `UYI`…), metals (`XAU`…) and codes for testing.
    private static let exponents: [String: Int] = {
        let listed: [Int: String] = [
            0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
            2: """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY \
            COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
            INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR \
            MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD \
            SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
            """,
            3: "BHD IQD JOD KWD LYD OMR TND",
        ]
        var exponents: [String: Int] = [:]
        for (exponent, codes) in listed {
            for code in codes.split(separator: " ") { exponents[String(code)] = exponent }
        }
        return exponents
    }()
}

extension Currency: LosslessStringConvertible {
    public var description: String { self.code }
}

extension Currency: Comparable {
    public static func < (left: Currency, right: Currency) -> Bool { left.code < right.code }
}
