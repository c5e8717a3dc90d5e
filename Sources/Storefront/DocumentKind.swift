/// What a company's document proves.
public enum DocumentKind: String, CaseIterable, Hashable, Sendable {
    case registration
    case tax
    case charter
    case identity
    /// That somebody may act for the company.
    case authority
    case other
}
