import HTTPTypes
import Storefront

extension RouteTable {
    /// What the caller is told; everybody's own, so that belonging to the company is enough.
    static let notifications: [RouteDeclaration] = [
        route(
            .listNotifications, .get, "/notifications", .permission(.accountRead), "List notifications", nil, 200,
            "NotificationList"),
        route(
            .readNotifications, .post, "/notifications/read", .permission(.accountRead), "Mark notifications as read",
            "NotificationsRead", 200, "NotificationsReadCount"
        ).naturallyIdempotent(),
        route(
            .getNotificationPreferences, .get, "/notifications/preferences", .permission(.accountRead),
            "Read what you want to hear", nil, 200, "NotificationPreferences"),
        route(
            .setNotificationPreferences, .put, "/notifications/preferences", .permission(.accountRead),
            "Change what you want to hear", "NotificationPreferences", 200, "NotificationPreferences"),
    ]
}
