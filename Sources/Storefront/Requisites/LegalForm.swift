/// What a company is in the eyes of the law, which decides what requisites it has.
public enum LegalForm: String, CaseIterable, Hashable, Sendable {
    case legalEntity = "legal_entity"
    case soleTrader = "sole_trader"
    case selfEmployed = "self_employed"
    case individual
}
