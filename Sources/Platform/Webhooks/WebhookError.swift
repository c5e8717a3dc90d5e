/// Why a change to a webhook was refused.
public enum WebhookError: Error, Equatable, Sendable {
    /// The company has so many; delete one.
    case tooMany(limit: Int)
    /// The delivery is waiting already.
    case stillPending
    /// The endpoint is switched off; switch it on first.
    case disabled
}
