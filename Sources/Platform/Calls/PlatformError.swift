/// Why another service of the platform did not do what was asked.
///
/// Names the service and what it answered; never what was sent.
public enum PlatformError: Error, Equatable, Sendable {
    /// It failed so often that it is left alone for a while.
    case restingAfterFailures(service: String, remaining: Duration)
    /// There was no answer: no connection, or not in time.
    case unreachable(service: String, reason: String)
    /// It answered that it cannot now: 429 or 5xx.
    case overloaded(service: String, status: Int)
    /// It answered that it will not: 4xx. `code` is the problem's, where it gave one.
    case refused(service: String, status: Int, code: String?)
    /// Its answer is not what its contract says.
    case unreadable(service: String, reason: String)

    /// Whether the same call may succeed later.
    public var isRetryable: Bool {
        switch self {
        case .restingAfterFailures, .unreachable, .overloaded: true
        case .refused, .unreadable: false
        }
    }
}
