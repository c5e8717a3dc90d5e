/// Why another service of the platform did not do what was asked.
///
/// Names the service and what it answered; never what was sent.
public enum ServiceError: Error, Equatable, Sendable {
    /// It failed so often that it is left alone for a while: it was not asked.
    case resting(service: String, remaining: Duration)
    /// There was no answer: no connection, or not in time.
    case unreachable(service: String, reason: String)
    /// It answered that it cannot now: 408, 425, 429 or 5xx; `retryAfter` is when it wants to be asked again, if it said.
    case overloaded(service: String, status: Int, retryAfter: Duration?)
    /// It answered that it will not: any other status. `code` is the problem's, where it gave one.
    case refused(service: String, status: Int, code: String?)
    /// Its answer is not what its contract says.
    case unreadable(service: String, reason: String)

    /// Whether the same call may succeed later.
    public var isRetryable: Bool {
        switch self {
        case .resting, .unreachable, .overloaded: true
        case .refused, .unreadable: false
        }
    }

    /// Whether another attempt of the same call makes sense at once: not while the service is left alone.
    var isWorthRepeating: Bool {
        switch self {
        case .unreachable, .overloaded: true
        case .resting, .refused, .unreadable: false
        }
    }

    var retryAfter: Duration? { if case .overloaded(_, _, let rest) = self { rest } else { nil } }
}
