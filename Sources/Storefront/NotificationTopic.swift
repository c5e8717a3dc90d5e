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
        case "review.approved", "review.rejected", "review.decided": (.moderation, [.admin, .developer, .marketing])
        case "version.failed", "version.recalled": (.builds, [.admin, .developer])
        case "review.created": (.reviews, [.admin, .marketing])
        case "payout.completed", "payout.failed", "payout.requested", "balance.threshold_reached":
            (.payouts, [.admin, .finance])
        case "company.verified", "company.rejected", "company.suspended", "company.resumed": (.company, [.admin])
        case "finance.settings_changed": (.payouts, [.admin, .finance])
        case "sdk.released", "platform.announced": (.platform, [.admin, .developer])
        default: nil
        }
    }
}
