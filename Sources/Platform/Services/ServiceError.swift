/// Why another service did not do what was asked of it.
public enum ServiceError: Error, Equatable, Sendable {
    /// It does not answer, or answers that it cannot now; after all attempts. Try again later.
    case unavailable(service: String, reason: String)
    /// It was not asked, because it did not answer a moment ago.
    case resting(service: String)
    /// It refuses; asking again changes nothing. `code` is its problem's, when it has one.
    case refused(service: String, status: Int, code: String?)
    /// It answers something that its contract does not know.
    case unintelligible(service: String, reason: String)
}
