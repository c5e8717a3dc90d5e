/// Why a change to a company or its team was refused.
///
/// The caller must do something else.
public enum AccountsError: Error, Equatable, Sendable {
    /// The company would have no administrator left.
    case lastAdmin
    /// Somebody changed it since the caller read it; `current` is the revision now.
    case stale(current: Int64)
}
