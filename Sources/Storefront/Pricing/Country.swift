/// A country or territory of ISO 3166-1, and the currency its players pay in.
public struct Country: Hashable, Sendable {
    /// Two upper-case letters (alpha-2).
    public let code: String
    public let currency: Currency

    /// - Returns: nil when ISO 3166-1 has no such code.
    public init?(_ code: String) {
        guard let currency = Self.currencies[code] else { return nil }
        self.code = code
        self.currency = currency
    }

    /// All of them, in order of their codes.
    public static let all: [Country] = currencies.keys.sorted().compactMap { Country($0) }

    private static let currencies: [String: Currency] = {
        var currencies: [String: Currency] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let name = words.first, let currency = Currency(name) else { continue }
            for code in words.dropFirst() { currencies[code] = currency }
        }
        return currencies
    }()

    /// ISO 3166-1 alpha-2 by legal tender; of several, the one that shops there price in.
    private static let table = """
        AED AE
        AFN AF
        ALL AL
        AMD AM
        AOA AO
        ARS AR
        AUD AU CC CX HM KI NF NR TV
        AWG AW
        AZN AZ
        BAM BA
        BBD BB
        BDT BD
        BHD BH
        BIF BI
        BMD BM
        BND BN
        BOB BO
        BRL BR
        BSD BS
        BTN BT
        BWP BW
        BYN BY
        BZD BZ
        CAD CA
        CDF CD
        CHF CH LI
        CLP CL
        CNY CN
        COP CO
        CRC CR
        CUP CU
        CVE CV
        CZK CZ
        DJF DJ
        DKK DK FO GL
        DOP DO
        DZD DZ
        EGP EG
        ERN ER
        ETB ET
        EUR AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM TF VA YT
        FJD FJ
        FKP FK
        GBP GB GG GS IM JE
        GEL GE
        GHS GH
        GIP GI
        GMD GM
        GNF GN
        GTQ GT
        GYD GY
        HKD HK
        HNL HN
        HTG HT
        HUF HU
        IDR ID
        ILS IL PS
        INR IN
        IQD IQ
        IRR IR
        ISK IS
        JMD JM
        JOD JO
        JPY JP
        KES KE
        KGS KG
        KHR KH
        KMF KM
        KPW KP
        KRW KR
        KWD KW
        KYD KY
        KZT KZ
        LAK LA
        LBP LB
        LKR LK
        LRD LR
        LSL LS
        LYD LY
        MAD EH MA
        MDL MD
        MGA MG
        MKD MK
        MMK MM
        MNT MN
        MOP MO
        MRU MR
        MUR MU
        MVR MV
        MWK MW
        MXN MX
        MYR MY
        MZN MZ
        NAD NA
        NGN NG
        NIO NI
        NOK BV NO SJ
        NPR NP
        NZD CK NU NZ PN TK
        OMR OM
        PEN PE
        PGK PG
        PHP PH
        PKR PK
        PLN PL
        PYG PY
        QAR QA
        RON RO
        RSD RS
        RUB RU
        RWF RW
        SAR SA
        SBD SB
        SCR SC
        SDG SD
        SEK SE
        SGD SG
        SHP SH
        SLE SL
        SOS SO
        SRD SR
        SSP SS
        STN ST
        SYP SY
        SZL SZ
        THB TH
        TJS TJ
        TMT TM
        TND TN
        TOP TO
        TRY TR
        TTD TT
        TWD TW
        TZS TZ
        UAH UA
        UGX UG
        USD AQ AS BQ EC FM GU IO MH MP PA PR PW SV TC TL UM US VG VI
        UYU UY
        UZS UZ
        VES VE
        VND VN
        VUV VU
        WST WS
        XAF CF CG CM GA GQ TD
        XCD AG AI DM GD KN LC MS VC
        XCG CW SX
        XOF BF BJ CI GW ML NE SN TG
        XPF NC PF WF
        YER YE
        ZAR ZA
        ZMW ZM
        ZWG ZW
        """
}

extension Country: LosslessStringConvertible {
    public var description: String { self.code }
}

extension Country: Comparable {
    public static func < (left: Country, right: Country) -> Bool { left.code < right.code }
}
