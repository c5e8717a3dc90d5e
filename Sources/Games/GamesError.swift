public import Storefront

/// Why a change to a game was refused.
///
/// The caller must do something else.
public enum GamesError: Error, Equatable, Sendable {
    /// Somebody changed it since the caller read it; `current` is the revision now.
    case stale(current: Int64)
    /// It is being judged, is sold, or was: it cannot vanish.
    case notDeletable(GameStatus)
    /// These versions are being worked on. Wait for them, or cancel their jobs.
    case buildsInProgress(versions: [String])
    /// Rows of others still point at it; `constraint` says which.
    case inUse(constraint: String?)
    /// The game has as many media files as a game may have. Delete some.
    case tooManyMedia(limit: Int)
}
