/// What a company is in the eyes of the law.
public enum LegalForm: String, CaseIterable, Hashable, Sendable {
    /// Has an INN of 10 digits, an OGRN and a KPP.
    case legalEntity = "legal_entity"
    /// A person in business: an INN of 12 digits and an OGRNIP.
    case soleTrader = "sole_trader"
    /// A person who pays the tax on professional income: an INN of 12 digits.
    case selfEmployed = "self_employed"
    /// A person: an INN of 12 digits.
    case individual

    /// Digits of its INN.
    public var taxNumberLength: Int { self == .legalEntity ? 10 : 12 }

    /// Digits of its registration number; nil when it has none.
    public var registrationNumberLength: Int? {
        switch self {
        case .legalEntity: 13
        case .soleTrader: 15
        case .selfEmployed, .individual: nil
        }
    }
}
