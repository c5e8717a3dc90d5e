/// A change of state that the rules do not know.
///
/// Carries what a caller needs to do better: where the thing is, and what would be possible from there.
public struct InvalidTransition: Error, Hashable, Sendable {
    /// What has the state: `game`, `version`, `company`.
    public let subject: String
    /// The state it is in.
    public let current: String
    /// The event or the state that was asked for.
    public let requested: String
    /// What may be asked for instead, in a fixed order; empty when nothing may.
    public let allowed: [String]

    public init(subject: String, current: String, requested: String, allowed: [String]) {
        self.subject = subject
        self.current = current
        self.requested = requested
        self.allowed = allowed
    }
}
