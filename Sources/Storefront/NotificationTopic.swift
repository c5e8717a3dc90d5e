/// What people are told about, and may not want to be.
public enum NotificationTopic: String, CaseIterable, Hashable, Sendable {
    /// What the platform decided about games.
    case moderation
    /// What players wrote.
    case reviews
    /// Money: thresholds and payouts.
    case payouts
    /// The company itself: its verification, its team.
    case company
    /// Builds that failed.
    case builds
    /// News of the platform and its SDK.
    case platform

    /// Who hears of an event, and under which topic; nil for events nobody is told about.
    ///
    /// The one table behind every notification: a new trigger is a line here.
    public static func rule(for event: String) -> (topic: NotificationTopic, roles: Set<Role>)? {
        switch event {
        case "review.decided": (.moderation, [.admin, .developer, .marketing])
        case "version.failed", "version.infected", "version.recalled", "publication.failed":
            (.builds, [.admin, .developer])
        case "player_review.created": (.reviews, [.admin, .marketing])
        case "payout.requested", "payout.completed", "payout.failed", "payout.threshold_reached",
            "payment_settings.changed", "payment_settings.approved":
            (.payouts, [.admin, .finance])
        case "company.verified", "company.rejected", "company.suspended", "company.resumed": (.company, [.admin])
        case "sdk.released": (.platform, [.admin, .developer])
        default: nil
        }
    }
}
