/// Kinds of requests that are counted apart, so that one never uses up what another needs.
public enum RateClass: String, CaseIterable, Hashable, Sendable {
    /// What only looks.
    case read
    /// What changes something.
    case write
    /// The control of uploads: plans, signatures, commits. The bytes themselves are not counted.
    case uploads
    /// Credentials that were refused, by the address they came from.
    case authentication
}
