/// A service of the platform that is told facts, and which ones: nobody hears what is not theirs.
///
/// What each gets, and what its answers mean, is a contract of its own in `ops/contracts`. A fact is not a call: it waits in
/// the outbox until the service has taken it, in order for each game, however long the service is away.
public enum Listener: String, CaseIterable, Sendable {
    /// Admin Service: what is to be judged, and what has settled itself.
    case admin
    /// Catalog Service: what the shop shows, whole each time.
    case catalog
    /// Download Service: which builds there are and where, and which one each channel points to.
    case download
    /// Analytics Service: what happens to games, for numbers.
    case analytics
    /// Whoever the operator wants to hear everything: a bridge to a broker, an archive.
    case everything

    /// The types of events it hears; empty for all.
    public var types: [String] {
        switch self {
        case .admin:
            [
                "company.verification_requested", "review.requested", "review.withdrawn", "review.decided",
                "version.infected", "version.recalled",
            ]
        case .catalog:
            [
                "game.published", "game.updated", "game.unpublished", "pricing.changed", "promotion.started",
                "promotion.ended",
            ]
        case .download:
            ["version.ready", "version.recalled", "version.deleted", "channel.changed", "channel.deleted"]
        case .analytics:
            [
                "version.uploaded", "version.ready", "version.failed", "game.published", "game.updated",
                "game.unpublished", "promotion.started", "promotion.ended",
            ]
        case .everything: []
        }
    }

    /// Where a service hears facts, from its root.
    public static let path = "/events"
}
