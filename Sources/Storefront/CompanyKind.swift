/// What a company does with games; both may own them.
public enum CompanyKind: String, CaseIterable, Hashable, Sendable {
    case developer
    case publisher
}
